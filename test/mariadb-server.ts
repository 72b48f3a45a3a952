/** A MariaDB of our own (Debian's `mariadb-server`), on a port and in a folder of its own. */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../src/sandbox/free-port.ts';

/** The server's program; null where there is none. */
export const mariadbd: string | null = findProgram('mariadbd');

function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Tls {
  readonly certificate: string;
  readonly key: string;
}

/** Gives the URL of the server, without a database. `home`: an empty folder. */
export async function startMariadb(home: string, bufferPool = '64M', tls: Tls | null = null): Promise<string> {
  // As root it asks to be told so; the folder around it is closed to other users.
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = join(home, 'data');
  const settings = ['--no-defaults', ...user, `--datadir=${data}`];
  await promisify(execFile)(findProgram('mariadb-install-db') ?? 'mariadb-install-db', [
    ...settings,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const port = await freePort();
  const quick = ['--innodb-flush-log-at-trx-commit=0', '--skip-log-bin', `--innodb-buffer-pool-size=${bufferPool}`];
  const secure = tls === null ? [] : [`--ssl-cert=${tls.certificate}`, `--ssl-key=${tls.key}`];
  const server = spawn(
    mariadbd ?? 'mariadbd',
    [
      ...settings,
      ...quick,
      ...secure,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(home, 'socket')}`,
      `--pid-file=${join(home, 'pid')}`,
    ],
    { detached: true, stdio: 'ignore' },
  );
  server.unref();
  const url = `mysql://root@127.0.0.1:${port}`;
  for (let tries = 0; tries < 600; tries += 1) {
    const connection = await createConnection(url).catch(() => null);
    if (connection !== null) {
      await connection.end();
      return url;
    }
    await sleep(100);
  }
  throw new Error('MariaDB takes no connections');
}

/** Ends the server at once: its folder is thrown away. */
export function stopMariadb(home: string): void {
  const pidFile = join(home, 'pid');
  if (!existsSync(pidFile)) return;
  try {
    process.kill(Number.parseInt(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
