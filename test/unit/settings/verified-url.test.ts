import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secret.ts';
import { verifiedUrl } from '../../../src/postgres/connect/verified-url.ts';

const url = (query: string): string => `postgres://reader:p%40ss@ehr.example:5432/ehr${query}`;

describe('a URL that asks for TLS', () => {
  test.each(['prefer', 'require', 'verify-ca', 'verify-full'])('by sslmode=%s verifies the server', (mode) => {
    expect(verifiedUrl(new Secret(url(`?application_name=x&sslmode=${mode}&sslrootcert=ca.pem`)))).toBe(
      url('?application_name=x&sslmode=verify-full&sslrootcert=ca.pem'),
    );
  });
});

describe('a URL without TLS settings', () => {
  test.each(['', '?application_name=x'])('verifies a server on another machine: %j', (query) => {
    expect(verifiedUrl(new Secret(url(query)))).toBe(url(`${query}${query === '' ? '?' : '&'}sslmode=verify-full`));
  });

  test.each([
    'postgres://localhost/ehr',
    'postgres://127.0.0.1:5433/ehr',
    'postgres://[::1]/ehr',
    'postgres:///ehr',
    'postgres://%2Fvar%2Frun%2Fpostgresql/ehr',
    'postgres:///ehr?host=/var/run/postgresql',
    'postgres://ehr.example/ehr?host=localhost',
    'postgres://reader:secret@/ehr',
  ])('needs no TLS on this machine: %s', (given) => {
    expect(verifiedUrl(new Secret(given))).toBe(given);
  });
});

describe('an odd URL without TLS settings verifies a server on another machine', () => {
  test.each([
    ['its host among the parameters', 'postgres:///ehr?host=ehr.example', '&'],
    ['no host beside a user', 'postgres://reader:secret@/ehr?host=ehr.example', '&'],
    ['a mark without a question', url('?'), ''],
    ['an empty sslmode', url('?sslmode='), '&'],
  ])('%s', (_shape, given, joint) => {
    const verified = verifiedUrl(new Secret(given));
    expect(verified).toBe(`${given}${joint}sslmode=verify-full`);
    expect(new pg.Client(verified)).toMatchObject({ host: 'ehr.example', ssl: {} });
  });

  test('a fragment', () => {
    expect(verifiedUrl(new Secret(url('#part')))).toBe(url('?sslmode=verify-full#part'));
  });
});

test.each(['?sslmode=disable', '?sslmode=no-verify', '?uselibpqcompat=true&sslmode=require'])(
  'an explicit setting stays: %j',
  (query) => {
    expect(verifiedUrl(new Secret(url(query)))).toBe(url(query));
  },
);
