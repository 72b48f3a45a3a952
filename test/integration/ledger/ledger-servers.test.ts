import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { exitCodes } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { assertSameServer } from '../../../src/ledger/run/ledger-session.ts';
import { migrateLedger } from '../../../src/ledger/ledger.ts';
import { Session } from '../../../src/postgres/session.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/sandbox/embedded-postgres.ts';
import { type JobEnded, runJob } from '../support/alert-listener.ts';
import { tinyClinic } from '../support/clinic-night.ts';
import { hasPooler, startPooler } from '../support/pooler.ts';

/** A ledger on a primary, and on a standby that is a copy of it. */
let folder: string;
let primary: EmbeddedPostgres;
let standby: EmbeddedPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-servers-'));
  await chmod(folder, 0o755);
  const [ours, copy] = [join(folder, 'primary'), join(folder, 'standby')];
  const first = await startEmbeddedPostgres({ folder: ours, durable: false });
  await migrateLedger(first.url);
  await first.stop();
  execFileSync('cp', ['-a', ours, copy]);
  await writeFile(join(copy, 'data', 'standby.signal'), '');
  primary = await startEmbeddedPostgres({ folder: ours, durable: false });
  standby = await startEmbeddedPostgres({ folder: copy, durable: false });
});
afterAll(async () => {
  await Promise.all([primary.stop(), standby.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** Every job that opens the ledger, as it is started. */
const jobs: readonly (readonly string[])[] = [
  ...['nightly', 'intraday', 'resend', 'baseline', 'prune', 'migrate', 'watchdog', 'status'].map((job) => [job]),
  ['rerun', '--from', '2026-01-01', '--to', '2026-01-02'],
  ['apply', '20260131T081500Z-nightly-3f2a'],
  ['report', '20260131T081500Z-nightly-3f2a'],
  ['organization', 'show'],
  ['doctor'],
];

/** What each of them says, where that is not a sentence with the word and 64 or 69. */
async function silentAbout(word: string, LEDGER_URL: string): Promise<string[]> {
  const { night } = await tinyClinic();
  const ends = await Promise.all(
    jobs.map(async (argv) => [argv[0], await runJob(argv, { ...night.environment, LEDGER_URL })] as const),
  );
  const isSaid = ({ exitCode, stdout, stderr }: JobEnded): boolean =>
    (exitCode === exitCodes.usage || exitCode === exitCodes.unavailable) && `${stdout}${stderr}`.includes(word);
  return ends.flatMap(([job, end]) => (isSaid(end) ? [] : [`${job ?? ''} ${end.exitCode} ${end.stderr}`]));
}

describe('every job names a ledger that refuses writes', () => {
  test('as a standby', async () => {
    expect(await silentAbout('is a standby', standby.url.reveal())).toEqual([]);
  });

  test('as read-only, and stays so', async () => {
    const owner = await Session.open(primary.adminUrl, { neighbour: 'the test' });
    const set = (what: string): Promise<unknown> =>
      owner.query('the DBA’s word', `ALTER DATABASE redox_reconcile ${what} default_transaction_read_only`);
    onTestFinished(async () => {
      await set('RESET');
      await owner.close();
    });
    await owner.query('the DBA’s word', 'ALTER DATABASE redox_reconcile SET default_transaction_read_only = on');
    expect(await silentAbout('is read-only', primary.url.reveal())).toEqual([]);
  });
});

describe.skipIf(!hasPooler())('PgBouncer before a standby', () => {
  test.each(['session', 'transaction'] as const)('in %s mode is named for what it is', async (mode) => {
    const pooler = await startPooler(standby.url, mode);
    onTestFinished(() => pooler.stop());
    const isRefused = mode === 'session' ? 'is a standby' : 'is a pooler in transaction mode';
    const LEDGER_URL = pooler.url.reveal();
    const { night } = await tinyClinic();
    for (const job of ['nightly', 'watchdog', 'doctor']) {
      const { exitCode, stdout, stderr } = await runJob([job], { ...night.environment, LEDGER_URL });
      expect([exitCodes.usage, exitCodes.unavailable], job).toContain(exitCode);
      expect(`${stdout}${stderr}`, job).toContain(isRefused);
    }
    const ehr = Session.open(pooler.url, { neighbour: 'the EHR', settings: { default_transaction_read_only: 'on' } });
    if (mode === 'transaction') {
      await expect(ehr).rejects.toThrow(isRefused);
    } else {
      const session = await ehr;
      expect((await session.query('a look', 'SELECT pg_is_in_recovery() AS is')).rows).toEqual([{ is: true }]);
      await session.close();
    }
  });
});

test('two sessions of a run at two servers are told apart', async () => {
  const [one, same, other] = await Promise.all(
    [primary, primary, standby].map((server) => Session.open(server.url, { neighbour: 'the ledger' })),
  );
  if (one === undefined || same === undefined || other === undefined) throw new Error('three were opened');
  onTestFinished(async () => {
    await Promise.all([one, same, other].map((session) => session.close()));
  });
  expect(() => {
    assertSameServer(one, same);
  }).not.toThrow();
  expect(() => {
    assertSameServer(one, other);
  }).toThrow('came to two servers');
});

describe('LEDGER_URL with several hosts', () => {
  const hostOf = (server: EmbeddedPostgres): string => new URL(server.url.reveal()).host;
  const several = (kind: string, ...hosts: readonly string[]): string => {
    const { username, password, pathname } = new URL(primary.url.reveal());
    return `postgres://${username}:${password}@${hosts.join(',')}${pathname}?target_session_attrs=${kind}`;
  };
  const nowhere = '127.0.0.1:1';

  test('finds the primary, for every session of a night', async () => {
    const { night } = await tinyClinic();
    const LEDGER_URL = several('read-write', nowhere, hostOf(standby), hostOf(primary));
    const environment = { ...night.environment, LEDGER_URL };
    const first = await runJob(['nightly', '--allow-large-change'], environment);
    expect(first).toMatchObject({ exitCode: 0 });
    expect((await runJob(['status'], environment)).stdout).toMatch(/nightly/);
    expect((await runJob(['doctor'], environment)).exitCode).toBe(0);
  });

  test.each([
    ['any', ['standby', 'primary'], 'standby'],
    ['primary', ['standby', 'primary'], 'primary'],
    ['read-write', ['standby', 'primary'], 'primary'],
    ['standby', ['primary', 'standby'], 'standby'],
    ['read-only', ['primary', 'standby'], 'standby'],
    ['prefer-standby', ['primary', 'standby'], 'standby'],
    ['prefer-standby', ['primary', 'nowhere'], 'primary'],
  ])('and %s takes of %j the %s', async (kind, names, expected) => {
    const hosts = { primary: hostOf(primary), standby: hostOf(standby), nowhere };
    const url = new Secret(several(kind, ...names.map((name) => hosts[name as keyof typeof hosts])));
    const session = await Session.open(url, { neighbour: 'the ledger' });
    onTestFinished(() => session.close());
    expect(new URL(session.url.reveal()).host).toBe(hosts[expected as keyof typeof hosts]);
  });

  test("gives each server's reason for its refusal", async () => {
    const url = new Secret(several('read-write', nowhere, hostOf(standby)));
    await expect(Session.open(url, { neighbour: 'the ledger' })).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringMatching(
        new RegExp(`127\\.0\\.0\\.1:1/redox_reconcile: .*ECONNREFUSED.*\\n- .*${hostOf(standby)}.* is a standby`),
      ) as string,
    });
  });
});

test('a ledger that turns read-only during a night ends it with that word', async () => {
  const { night } = await tinyClinic();
  const owner = await Session.open(primary.adminUrl, { neighbour: 'the test' });
  const turn = async (what: string): Promise<void> => {
    await owner.query('the DBA’s word', `ALTER SYSTEM ${what}`);
    await owner.query('the DBA’s word', 'SELECT pg_reload_conf()');
  };
  onTestFinished(async () => {
    await turn('RESET default_transaction_read_only');
    await owner.close();
  });
  night.standIn.misbehave([{ kind: 'delay', ms: 300 }]);
  // A ledger has one key, so this site has a ledger of its own.
  await owner.query('a ledger of its own', 'CREATE DATABASE turning');
  const LEDGER_URL = primary.url.reveal().replace(/\/redox_reconcile\b/, '/turning');
  const environment = { ...night.environment, LEDGER_URL };
  const running = runJob(['nightly', '--allow-large-change'], environment);
  await Promise.race([running, vi.waitUntil(() => night.standIn.requests().posts >= 3, { timeout: 60_000 })]);
  await turn('SET default_transaction_read_only = on');
  const { exitCode, stderr } = await running;
  expect({ exitCode, stderr }).toEqual({
    exitCode: exitCodes.unavailable,
    stderr: expect.stringMatching(
      /The ledger refused .* read-only transaction .*have its administrator make it writable/,
    ) as string,
  });
  await turn('RESET default_transaction_read_only');
  night.standIn.misbehave([]);
  expect((await runJob(['nightly', '--allow-large-change'], environment)).exitCode).toBe(0);
  expect(night.standIn.state().patients.size).toBe(24);
});
