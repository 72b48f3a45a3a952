import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { examine } from '../../../src/config/examine.ts';
import { Secret } from '../../../src/secret.ts';
import { serverKindOf, serversOf } from '../../../src/network/server-list.ts';
import { namesSameDatabase, whereIs } from '../../../src/postgres/connect/database-address.ts';
import { verifiedUrl } from '../../../src/postgres/connect/verified-url.ts';

const serversIn = (url: string): string[] => serversOf(new Secret(url)).map((server) => server.reveal());

describe('a URL of several servers', () => {
  test.each([
    [
      'postgres://u:p%40@h1:5432,h2:5433/db?sslmode=disable',
      ['postgres://u:p%40@h1:5432/db?sslmode=disable', 'postgres://u:p%40@h2:5433/db?sslmode=disable'],
    ],
    ['postgresql://h1,h2/db', ['postgresql://h1/db', 'postgresql://h2/db']],
    ['postgres://u@[::1]:5432,h2/db', ['postgres://u@[::1]:5432/db', 'postgres://u@h2/db']],
    ['postgres://u:a,b@h1,h2/db', ['postgres://u:a,b@h1/db', 'postgres://u:a,b@h2/db']],
    ['postgres://u:a,b@h1/db', ['postgres://u:a,b@h1/db']],
    [
      'postgres:///db?host=h1,h2&port=5432,5433',
      ['postgres:///db?host=h1&port=5432', 'postgres:///db?host=h2&port=5433'],
    ],
    ['postgres:///db?host=h1,h2&port=6000', ['postgres:///db?host=h1&port=6000', 'postgres:///db?host=h2&port=6000']],
    ['postgres:///db?host=/tmp', ['postgres:///db?host=/tmp']],
    ['not a URL', ['not a URL']],
  ])('%s is one for each', (given, expected) => {
    expect(serversIn(given)).toEqual(expected);
  });

  test('verifies each server beyond this machine', () => {
    const servers = serversOf(new Secret('postgres://u@localhost:1,far.example:2/db'));
    expect(servers.map(verifiedUrl)).toEqual([
      'postgres://u@localhost:1/db',
      'postgres://u@far.example:2/db?sslmode=verify-full',
    ]);
  });

  test('is named without its user and password', () => {
    const url = new Secret('postgres://u:secret@h1:5432,h2:5433/db?target_session_attrs=primary');
    expect(whereIs(url)).toBe('h1:5432/db, h2:5433/db');
    expect(serverKindOf(url)).toBe('primary');
  });

  test("overlaps another URL's database through one shared server", () => {
    const several = new Secret('postgres://u@h1,H2:5432/db');
    expect(namesSameDatabase(new Secret('postgres://v@h2/db'), several)).toBe(true);
    expect(namesSameDatabase(new Secret('postgres://v@h3/db'), several)).toBe(false);
    expect(namesSameDatabase(new Secret('nothing'), new Secret('nothing'))).toBe(false);
  });
});

describe('as a setting, a URL of several servers', () => {
  const shown = (url: string): string | null | undefined =>
    examine({ LEDGER_URL: url }, { envFiles: [], requires: new Set(['ledger']) }).effective.find(
      ({ name }) => name === 'LEDGER_URL',
    )?.shown;
  const load = (url: string): unknown => loadConfig({ LEDGER_URL: url }, { requires: ['ledger'] }).ledger;

  test('is taken, and shown without secrets', () => {
    const url = 'postgres://u:secret@h1:5432,h2:5433/db?target_session_attrs=read-write';
    expect(load(url)).toMatchObject({ kind: 'postgres' });
    expect(shown(url)).toBe('postgres://***@h1:5432,h2:5433/db');
  });

  test('is refused with an invalid server, or a wrong scheme', () => {
    expect(() => load('postgres://u:1?x@h1:5432,h2:5433/db')).toThrow('torn by a special character');
    expect(() => load('postgres://u@h1:x,h2/db')).toThrow('which is not a URL');
    expect(() => load('postgres://u@h1,/db?target_session_attrs=any')).toThrow('which is not a URL');
    expect(() => load('postgres://u@h1/db?target_session_attrs=writable')).toThrow(
      /unknown target_session_attrs \(expected any, read-write/,
    );
    expect(shown('postgres://u:1?x@h1:5432,h2:5433/db')).toBe('***');
  });
});
