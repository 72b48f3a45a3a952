import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes, NeighbourFault, UsageFault } from '../../src/core/fault.ts';
import { Secret } from '../../src/core/secret.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { Session } from '../../src/postgres/session.ts';
import { as, freshDatabase, type TestDatabase } from './database.ts';
import { doctorSite } from './doctor-site.ts';
import { hasPooler, startPooler, type Pooler } from './pooler.ts';

/** Skipped, and said so by the runner, where PgBouncer is not installed. */
const pooled = describe.skipIf(!hasPooler());

pooled('a pooler in transaction mode', () => {
  let database: TestDatabase;
  let pooler: Pooler;
  beforeAll(async () => {
    database = await freshDatabase();
    pooler = await startPooler(database.url, 'transaction');
  });
  afterAll(async () => {
    await pooler.stop();
    await database.drop();
  });

  test('is refused by name, for the EHR and for the ledger', async () => {
    const opening = Session.open(pooler.url, { neighbour: 'the EHR' });
    await expect(opening).rejects.toThrow(/pooler in transaction mode.*pool_mode = session/);
    await expect(opening).rejects.toBeInstanceOf(UsageFault);
    const ledger = openLedger({ url: pooler.url, ledgerKey: new Secret('k'.repeat(64)), ledgerKeyPrevious: null });
    await expect(ledger).rejects.toMatchObject({ exitCode: exitCodes.usage });
  });

  test('keeps nothing of ours for other programs', async () => {
    const settings = { default_transaction_read_only: 'on' };
    await Session.open(pooler.url, { neighbour: 'the EHR', settings }).catch(() => undefined);
    const another = new pg.Client({ connectionString: pooler.url.reveal() });
    await another.connect();
    onTestFinished(() => another.end());
    const { rows } = await another.query('SHOW default_transaction_read_only');
    expect(rows).toEqual([{ default_transaction_read_only: 'off' }]);
  });
});

pooled('the doctor behind a pooler in transaction mode', () => {
  test('names it for the EHR and for the ledger, and goes on', async () => {
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
  test('is as good as the server itself', async () => {
    const database = await freshDatabase();
    const pooler = await startPooler(database.url, 'session');
    onTestFinished(async () => {
      await pooler.stop();
      await database.drop();
    });
    const [one, other] = await Promise.all([1, 2].map(() => Session.open(pooler.url, { neighbour: 'the ledger' })));
    await one?.close();
    await other?.close();
  });
});

describe('a role that may have too few connections', () => {
  test('is told how many a run needs', async () => {
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
