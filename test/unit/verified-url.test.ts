import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { verifiedUrl } from '../../src/postgres/verified-url.ts';

const url = (query: string): string => `postgres://reader:p%40ss@ehr.example:5432/ehr${query}`;

describe('a URL that asks for TLS', () => {
  test.each(['prefer', 'require', 'verify-ca', 'verify-full'])('by sslmode=%s has the server verified', (mode) => {
    expect(verifiedUrl(new Secret(url(`?application_name=x&sslmode=${mode}&sslrootcert=ca.pem`)))).toBe(
      url('?application_name=x&sslmode=verify-full&sslrootcert=ca.pem'),
    );
  });
});

describe('a URL that says nothing of TLS', () => {
  test.each(['', '?application_name=x'])('has whoever is on another machine verified: %j', (query) => {
    expect(verifiedUrl(new Secret(url(query)))).toBe(url(`${query}${query === '' ? '?' : '&'}sslmode=verify-full`));
  });

  test.each([
    'postgres://localhost/ehr',
    'postgres://127.0.0.1:5433/ehr',
    'postgres://[::1]/ehr',
    'postgres:///ehr',
    'postgres://%2Fvar%2Frun%2Fpostgresql/ehr',
    'postgres:///ehr?host=/var/run/postgresql',
  ])('needs none on this machine: %s', (given) => {
    expect(verifiedUrl(new Secret(given))).toBe(given);
  });
});

test.each(['?sslmode=disable', '?sslmode=no-verify', '?uselibpqcompat=true&sslmode=require'])(
  'what says otherwise in so many words stays: %j',
  (query) => {
    expect(verifiedUrl(new Secret(url(query)))).toBe(url(query));
  },
);
