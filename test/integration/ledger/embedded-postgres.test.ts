import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import type { Secret } from '../../../src/secret.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import type { EmbeddedPostgres } from '../../../src/sandbox/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../../src/sandbox/embedded-postgres.ts';

let initialised: string;
let folder: string;
let started: EmbeddedPostgres[];

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'embedded-postgres-test-'));

beforeAll(async () => {
  initialised = await newFolder();
  await (await startEmbeddedPostgres({ folder: initialised, durable: false })).stop();
});

afterAll(() => rm(initialised, { recursive: true, force: true }));

/** A copy with its owners: initialising takes several times as long. */
beforeEach(async () => {
  folder = await newFolder();
  await promisify(execFile)('cp', ['-a', `${initialised}/.`, folder]);
  started = [];
});

afterEach(async () => {
  try {
    await Promise.all(started.map((server) => server.stop()));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, durable: false });
  started.push(server);
  return server;
}

async function ask(url: Secret, question: string): Promise<unknown> {
  const session = await Session.open(url, { neighbour: 'the test server' });
  try {
    return Object.values((await session.query('a question', question)).rows[0] ?? {})[0];
  } finally {
    await session.close();
  }
}

const answers = (url: Secret): Promise<boolean> =>
  ask(url, 'SELECT 1').then(
    () => true,
    () => false,
  );

describe('startEmbeddedPostgres', () => {
  it('keeps its data through a stop and a start', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(await answers(first.url)).toBe(false);

    const second = await start();
    expect(second.joined).toBe(false);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42);
  });

  it('sets UTF-8, bytewise order, UTC and checksums on any machine', async () => {
    const { url } = await start();
    expect(await ask(url, 'SHOW server_encoding')).toBe('UTF8');
    expect(
      await ask(url, "SELECT datcollate || ' ' || datctype FROM pg_database WHERE datname = 'redox_reconcile'"),
    ).toBe('C C');
    expect(await ask(url, 'SHOW data_checksums')).toBe('on');
    expect(await ask(url, "SELECT timestamptz '2026-07-01 12:00+00' AT TIME ZONE 'America/Chicago' || ''")).toBe(
      '2026-07-01 07:00:00',
    );
  });

  it('protects its data and its password from others', async () => {
    const server = await start();
    expect((await stat(join(folder, 'data'))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'data', 'password'))).mode & 0o077).toBe(0);
    expect(JSON.stringify(server)).not.toContain((await readFile(join(folder, 'data', 'password'), 'utf8')).trim());
  });

  it('keeps the values of a failing statement out of its log', async () => {
    const { url } = await start();
    await expect(ask(url, "SELECT 'Margaret'::integer")).rejects.toThrow();
    expect(await readFile(join(folder, 'data', 'postgres.log'), 'utf8')).not.toContain('Margaret');
  });

  it('serves a second job, and stops with the last one', async () => {
    const first = await start();
    const second = await start();
    expect([first.joined, second.joined]).toEqual([false, true]);
    await first.stop();
    expect(await answers(second.url)).toBe(true);
    await second.stop();
    expect(await answers(second.url)).toBe(false);
  });

  it('starts one server for many jobs on a new folder', async () => {
    await rm(join(folder, 'data'), { recursive: true });
    const servers = await Promise.all(Array.from({ length: 5 }, start));
    expect(new Set(servers.map((server) => server.url.reveal())).size).toBe(1);
    expect(servers.filter((server) => !server.joined)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['data']);
  });

  it('survives jobs that come and go at the same time', async () => {
    const visit = async (): Promise<unknown> => {
      const server = await startEmbeddedPostgres({ folder, durable: false });
      const answer = await ask(server.url, 'SELECT 1');
      await server.stop();
      return answer;
    };
    const visitor = async (): Promise<unknown[]> => [await visit(), await visit(), await visit()];
    expect((await Promise.all([visitor(), visitor(), visitor()])).flat()).toEqual(Array(9).fill(1));
    expect(existsSync(join(folder, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('stops a server that restarted itself, also a second time', async () => {
    const server = await start();
    // A process of Postgres that is killed makes it end all others and start anew.
    const writer = await ask(server.adminUrl, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'");
    process.kill(Number(writer), 'SIGKILL');
    await expect.poll(() => answers(server.url), { timeout: 20_000 }).toBe(true);
    await server.stop();
    await server.stop();
    expect(await answers(server.url)).toBe(false);
    expect(existsSync(join(folder, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('joins the server that a killed job left behind, and stops it', async () => {
    const job = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', jobThatWaits(folder)], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(job.stdout, 'data');
    job.kill('SIGKILL');
    await once(job, 'exit');

    const next = await start();
    expect(next.joined).toBe(true);
    await next.stop();
    expect(await answers(next.url)).toBe(false);
  });

  it('survives a Ctrl-C that reaches the whole process group', async () => {
    const job = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', jobThatWaits(folder)], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    await once(job.stdout, 'data');
    process.kill(-(job.pid ?? Number.NaN), 'SIGINT');
    await once(job, 'exit');
    expect((await start()).joined).toBe(true);
  });

  it('starts when the process id in a stale pid file is reused', async () => {
    await writeFile(join(folder, 'data', 'postmaster.pid'), `${process.pid}\n${folder}/data\n0\n1\n\n127.0.0.1\n`);
    expect((await start()).joined).toBe(false);
  });

  it('removes what a job killed while initialising left behind', async () => {
    await writeFile(join(folder, 'initialising-999999999-abc'), '');
    await start();
    expect(await readdir(folder)).toEqual(['data']);
  });

  it("refuses another major version's folder, with the dump and restore", async () => {
    await writeFile(join(folder, 'data', 'PG_VERSION'), '9\n');
    const refusal = expect(start()).rejects;
    await refusal.toThrow(UsageFault);
    await refusal.toThrow(/written by Postgres 9.*pg_dumpall/s);
  });

  it('refuses a path that cannot be a folder, in a sentence', async () => {
    await writeFile(join(folder, 'file'), '');
    const refusal = expect(startEmbeddedPostgres({ folder: join(folder, 'file', 'ledger') })).rejects;
    await refusal.toThrow(UsageFault);
    await refusal.toThrow(/Could not keep a Postgres in .*ENOTDIR/);
  });
});

const jobThatWaits = (inFolder: string): string => `
  import { startEmbeddedPostgres } from './src/sandbox/embedded-postgres.ts';
  await startEmbeddedPostgres({ folder: ${JSON.stringify(inFolder)}, durable: false });
  process.stdout.write('ready');
  setInterval(() => {}, 1000);
`;

describe.runIf(process.getuid?.() === 0)('started by root', () => {
  it("reports a parent folder that is closed to Postgres's user", async () => {
    await mkdir(join(folder, 'closed above'), { mode: 0o700 });
    const inside = join(folder, 'closed above', 'postgres');
    const attempt = startEmbeddedPostgres({ folder: inside, durable: false });
    await expect(attempt).rejects.toThrow(UsageFault);
    await expect(attempt).rejects.toThrow(/cannot reach .*closed above.*Name a folder such as/);
  });
});
