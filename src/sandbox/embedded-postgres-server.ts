import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataFolder } from './embedded-postgres-folder.ts';
import { dataIn, isAlive } from './embedded-postgres-folder.ts';
import type { Finished } from './embedded-postgres-process.ts';
import { run } from './embedded-postgres-process.ts';

interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const stopPatienceMs = 120_000;

/** The running server of the folder, if any; a killed job may have left it. */
export async function findPostmaster(folder: string): Promise<Postmaster | null> {
  const pidFile = join(dataIn(folder), 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const lines = text.split('\n');
  // Line 1 is the process id, line 4 the port. Source: PostgreSQL, src/include/utils/pidfile.h.
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  if (await isPostgres(pid)) return { pid, port };
  // After a restart of machine or container another process has this id, and Postgres would wait for it. A server that is just ending
  // looks the same; its file is gone by then, or is that of the next server.
  if ((await readFile(pidFile, 'utf8').catch(() => '')) === text) await rm(pidFile, { force: true });
  return null;
}

async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres');
  return commandLine.includes('postgres');
}

/** Uses paths relative to the folder, because pg_ctl passes them through a shell unescaped. */
export async function startServer(it: DataFolder, port: number): Promise<Finished> {
  const options = Object.entries(settings(it.durable, port)).map(([name, value]) => `-c ${name}=${value}`);
  const started = await run(
    it.binaries.pgCtl,
    ['start', '--pgdata=data', '--log=data/postgres.log', '--wait', '--timeout=120', '-o', options.join(' ')],
    it,
  );
  if (started.succeeded) return started;
  const log = await readFile(join(dataIn(it.folder), 'postgres.log'), 'utf8').catch(() => '');
  return { succeeded: false, output: log.trimEnd().split('\n').slice(-5).join('\n') || started.output };
}

/**
 * Stops the running server of the folder. `pg_ctl --wait` would wait for the process file to go, and another job may write the next
 * server's file at that moment; so this waits until the server that it stopped no longer owns the file.
 */
export async function stopServer(it: DataFolder): Promise<Finished> {
  const stopping = await findPostmaster(it.folder);
  if (stopping === null) return { succeeded: true, output: '' };
  const asked = await run(it.binaries.pgCtl, ['stop', '--pgdata=data', '--mode=fast', '--no-wait'], it);
  const deadline = Date.now() + (asked.succeeded ? stopPatienceMs : 0);
  while ((await findPostmaster(it.folder))?.pid === stopping.pid) {
    if (Date.now() > deadline) return asked.succeeded ? { succeeded: false, output: 'it did not stop' } : asked;
    await sleep(20);
  }
  return { succeeded: true, output: asked.output };
}

const quick = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  update_process_title: 'off',
};

function settings(durable: boolean, port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // No socket in the folder, because a socket's path is limited to 107 bytes.
    unix_socket_directories: '',
    // Test files run in parallel, one per core, with a few sessions each.
    max_connections: '200',
    shared_buffers: '128MB',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    // Logs starts, stops and crashes only, because errors of statements can quote a patient's value.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    // Containers give /dev/shm 64 MB, too little for a parallel hash join.
    ...(process.platform === 'linux' ? { dynamic_shared_memory_type: 'sysv' } : {}),
    ...(durable ? {} : quick),
  };
}
