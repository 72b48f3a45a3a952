import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectionOptions, whereIsMysql } from '../../../src/mysql/address.ts';
import { Secret } from '../../../src/secret.ts';

const optionsOf = (url: string): ReturnType<typeof connectionOptions> => connectionOptions(new Secret(url));

describe('the URL of a MySQL', () => {
  test('gives host, account and database, and the usual port', () => {
    expect(optionsOf('mysql://reader:p%40ss@[::1]/ehr')).toEqual({
      host: '::1',
      port: 3306,
      user: 'reader',
      password: 'p@ss',
      database: 'ehr',
    });
    expect(whereIsMysql(new Secret('mariadb://reader:hush@db.example.org:3307/ehr'))).toBe('db.example.org:3307/ehr');
  });

  test('gives the path of a socket', () => {
    const { host, socketPath, ssl } = optionsOf('mysql://reader@localhost/ehr?socket=/run/mysqld/mysqld.sock');
    expect([host, socketPath, ssl]).toEqual([undefined, '/run/mysqld/mysqld.sock', undefined]);
  });

  test.each([
    ['mysql://u@db.example.org/ehr', { rejectUnauthorized: true, verifyIdentity: true }],
    ['mysql://u@db.example.org/ehr?sslmode=require', { rejectUnauthorized: true, verifyIdentity: true }],
    ['mysql://u@localhost/ehr?sslmode=verify-full', { rejectUnauthorized: true, verifyIdentity: true }],
    ['mysql://u@db.example.org/ehr?sslmode=no-verify', { rejectUnauthorized: false, verifyIdentity: false }],
    ['mysql://u@db.example.org/ehr?sslmode=disable', undefined],
    ['mysql://u@127.0.0.1/ehr', undefined],
    ['mysql://u@localhost/ehr', undefined],
  ])('%s decides how far the server is trusted', (url, trust) => {
    const { ssl } = optionsOf(url);
    if (trust === undefined) expect(ssl).toBeUndefined();
    else expect(ssl).toMatchObject(trust);
  });

  test.each(['mysql://u@10.0.0.7/ehr', 'mysql://u@[fd00::7]/ehr', 'mysql://u@127.0.0.1/ehr?sslmode=verify-full'])(
    '%s is refused, because no address is verified',
    (url) => {
      expect(() => optionsOf(url)).toThrow(/has the address .* write the name for which it was issued/);
      expect(optionsOf(`${url.split('?')[0] ?? ''}?sslmode=no-verify`).ssl).toMatchObject({ verifyIdentity: false });
    },
  );

  test('names files of TLS, which are read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mysql-tls-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    writeFileSync(join(folder, 'ca.pem'), 'the authority');
    const url = `mysql://u@db.example.org/ehr?sslrootcert=${join(folder, 'ca.pem')}`;
    expect(optionsOf(url).ssl).toMatchObject({ ca: 'the authority', verifyIdentity: true });
    expect(() => optionsOf(`${url}.gone`)).toThrow(/cannot be used \(ENOENT\); see that the file in its sslrootcert/);
  });
});
