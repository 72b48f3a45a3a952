import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../src/sandbox/free-port.ts';
import { Secret } from '../../../src/secret.ts';

/** A PgBouncer before one database. */
export interface Pooler {
  /** The database's URL through the pooler. */
  readonly url: Secret;
  stop(): Promise<void>;
}

/** Where PgBouncer is not installed there is nothing to try. */
export function hasPooler(): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `settings`: lines of its configuration beside its mode. */
export async function startPooler(
  target: Secret,
  mode: 'transaction' | 'statement' | 'session',
  ...settings: readonly string[]
): Promise<Pooler> {
  const folder = await mkdtemp(join(tmpdir(), 'pooler-'));
  await chmod(folder, 0o755);
  const [url, port] = [new URL(target.reveal()), await freePort()];
  const config = join(folder, 'pgbouncer.ini');
  const database = url.pathname.slice(1);
  await writeFile(
    config,
    `[databases]\n${database} = host=${url.hostname} port=${url.port} user=${url.username} password=${decodeURIComponent(url.password)}\n` +
      `[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = ${mode}\n${settings.join('\n')}\n`,
  );
  await chmod(config, 0o644);
  // As root it does not run.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const server = spawn('pgbouncer', ['-q', ...account, config], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) =>
    server.once('exit', () => {
      resolve();
    }),
  );
  await listens(port);
  url.port = String(port);
  url.hostname = '127.0.0.1';
  return {
    url: new Secret(url.href),
    stop: async () => {
      server.kill('SIGINT');
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function listens(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (isThere) return;
    await sleep(50);
  }
  throw new Error('PgBouncer does not listen');
}
