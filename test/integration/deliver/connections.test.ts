import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes, NeighbourFault, UsageFault } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { announcedProcess, newClient } from '../../../src/postgres/connect/client.ts';
import { greet } from '../../../src/postgres/connect/greeting.ts';
import { Session } from '../../../src/postgres/session.ts';
import { as, freshDatabase, type TestDatabase } from '../support/database.ts';
import { doctorSite } from '../support/doctor-site.ts';
import { hasPooler, startPooler } from '../support/pooler.ts';
import { startSwappingProxy } from '../support/proxy/swapping-proxy.ts';

/** Skipped, and said so by the runner, where PgBouncer is not installed. */
const pooled = describe.skipIf(!hasPooler());

/** What a pool in each mode may be set to. */
const pools = [
  [],
  ['default_pool_size = 1'],
  ['default_pool_size = 2'],
  ['max_client_conn = 1'],
  ['server_reset_query ='],
  ['server_round_robin = 1', 'min_pool_size = 4'],
] as const;

const readOnly = { neighbour: 'the EHR', settings: { default_transaction_read_only: 'on' } } as const;

/** What another program finds in a session of that pool. */
async function leftBehind(url: Secret): Promise<unknown> {
  const another = new pg.Client({ connectionString: url.reveal() });
  another.on('error', () => undefined);
  await another.connect();
  onTestFinished(() => another.end());
  const { rows } = await another.query<Record<string, string>>(
    "SELECT concat(current_setting('default_transaction_read_only'), ' ', current_setting('lock_timeout'), ' ', current_setting('tcp_user_timeout')) AS found",
  );
  return rows[0]?.['found'];
}
const nothingOfOurs = 'off 0 0';

pooled.each(['transaction', 'statement'] as const)('a pooler in %s mode', (mode) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  test.each((mode === 'statement' ? pools.slice(0, 2) : pools).map((settings) => [settings]))(
    '%j is refused by name, also for two jobs at once',
    async (settings) => {
      const pooler = await startPooler(database.url, mode, ...settings);
      onTestFinished(() => pooler.stop());
      const opened = await Promise.allSettled([1, 2].map(() => Session.open(pooler.url, readOnly)));
      for (const one of opened) {
        expect(one).toMatchObject({ status: 'rejected' });
        const { message } = (one as PromiseRejectedResult).reason as Error;
        expect(message).toMatch(/pooler|no more connections/);
      }
      expect(await leftBehind(pooler.url)).toBe(nothingOfOurs);
    },
  );

  test('is refused by the ledger too', async () => {
    const pooler = await startPooler(database.url, mode);
    onTestFinished(() => pooler.stop());
    const opening = openLedger({ url: pooler.url, ledgerKey: new Secret('k'.repeat(64)), ledgerKeyPrevious: null });
    await expect(opening).rejects.toThrow(/pooler in transaction mode.*pool_mode = session.*redox-reconcile doctor/);
    await expect(opening).rejects.toBeInstanceOf(UsageFault);
  });
});

test('pg keeps the announced process, which tells direct from pooled connections', async () => {
  const database = await freshDatabase();
  const { client, leave } = newClient(database.url, { neighbour: 'the test' });
  onTestFinished(() => database.drop());
  await client.connect();
  const { processId } = await greet(client);
  expect(announcedProcess(client)).toBe(processId);
  await client.end();
  leave();
});

test('two clients in one server process reveal a pooler that announces real processes', async () => {
  const database = await freshDatabase();
  const proxy = await startSwappingProxy(database.url);
  onTestFinished(async () => {
    proxy.stop();
    await database.drop();
  });
  await expect(Session.open(proxy.url, readOnly)).rejects.toThrow('is a pooler in transaction mode');
});

pooled('the doctor behind a pooler in transaction mode', () => {
  test('names the pooler for EHR and ledger, and goes on', async () => {
    const site = await doctorSite();
    const [ehr, ledger] = await Promise.all([
      startPooler(new Secret((await site.role()).url), 'transaction'),
      startPooler(site.night.ledgerUrl, 'transaction'),
    ]);
    onTestFinished(async () => {
      await Promise.all([ehr.stop(), ledger.stop()]);
      await site.close();
    });
    const { exitCode, lines } = await site.visit({ EHR_URL: ehr.url.reveal(), LEDGER_URL: ledger.url.reveal() });
    expect(exitCode).toBe(exitCodes.usage);
    expect(lines('fault')).toEqual([
      expect.stringMatching(/^server Between this job and the ledger at .* is a pooler in transaction mode/),
      expect.stringMatching(/^server Between this job and the EHR at .* is a pooler in transaction mode/),
    ]);
    expect(lines('ok').find((line) => line.startsWith('token '))).toBeDefined();
  });
});

pooled('a pooler in session mode', () => {
  test.each([
    [[], 4],
    [['default_pool_size = 2'], 2],
    [['default_pool_size = 1'], 1],
    [['server_reset_query ='], 2],
  ])('%j is as good as the server for %i sessions at once', async (settings, count) => {
    const database = await freshDatabase();
    const pooler = await startPooler(database.url, 'session', ...settings);
    onTestFinished(async () => {
      await pooler.stop();
      await database.drop();
    });
    const sessions = await Promise.all(Array.from({ length: count }, () => Session.open(pooler.url, readOnly)));
    expect(sessions.map(({ isPooled }) => isPooled)).not.toContain(false);
    await Promise.all(sessions.map((session) => session.close()));
    expect(await leftBehind(pooler.url)).toBe(nothingOfOurs);
  });
});

describe('a role with too few connections', () => {
  test('learns how many a run needs', async () => {
    const database = await freshDatabase();
    const owner = await Session.open(database.url, { neighbour: 'the test' });
    onTestFinished(async () => {
      await owner.query('a role', 'DROP ROLE few_connections');
      await owner.close();
      await database.drop();
    });
    await owner.query('a role', "CREATE ROLE few_connections LOGIN PASSWORD 'reading' CONNECTION LIMIT 1");
    const url = new Secret(as(database.url, 'few_connections'));
    const first = await Session.open(url, { neighbour: 'the EHR' });
    onTestFinished(() => first.close());
    const second = Session.open(url, { neighbour: 'the EHR', needs: 2 });
    await expect(second).rejects.toThrow(
      /too many connections for role.*needs 2 connections there at the same time.*CONNECTION LIMIT/,
    );
    await expect(second).rejects.toBeInstanceOf(NeighbourFault);
  });
});
