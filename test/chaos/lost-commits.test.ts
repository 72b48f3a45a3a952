/** A ledger that was restored from a backup, and one that failed over to a standby that was behind. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dice, type Dice, isShort, seed } from './support/budget.ts';
import type { Ended } from './support/job.ts';
import { ambiguousVersions } from './support/journal.ts';
import type { LedgerServer } from './support/ledger-server.ts';
import { Link } from './support/link.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

let site: ChaosSite;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ site, close } = await ChaosSite.open({ CALL_TIMEOUT: '5s' }));
  await site.ehr.saysWhen();
  await site.ehr.grow(30);
});
afterAll(() => close());

/** The ledger at which jobs look now: after a failover another server. */
let ledger: LedgerServer;
const night = (flags = ''): Promise<Ended> => site.start(`nightly${flags}`, { LEDGER_URL: ledger.url.reveal() }).ended;

/** What the EHR does before the commits are lost; the night then tells Redox. */
async function lostDay(some: Dice): Promise<void> {
  await site.ehr.live(some);
  await site.ehr.sql(`
    -- An older merge is undone, others are made: of people of before, and of one who is new and leaves no row.
    DELETE FROM merge WHERE retired_patient_id IN (SELECT retired_patient_id FROM merge ORDER BY 1 LIMIT 1);
    CREATE TABLE IF NOT EXISTS plan (role text PRIMARY KEY, id text);
    TRUNCATE plan;
    INSERT INTO plan
    SELECT 'p' || row_number() OVER (ORDER BY md5(patient_id || '${some.number(1e6)}')), patient_id
    FROM person p WHERE NOT EXISTS (SELECT FROM merge WHERE p.patient_id IN (retired_patient_id, surviving_patient_id))
    ORDER BY 1 LIMIT 40;
    INSERT INTO merge SELECT a.id, b.id FROM plan a, plan b WHERE (a.role, b.role) IN (('p1', 'p2'), ('p3', 'p4'), ('p5', 'p6'));
    UPDATE visit SET patient_id = (SELECT id FROM plan WHERE role = 'p8') WHERE patient_id = (SELECT id FROM plan WHERE role = 'p7');
    UPDATE person SET last_name = last_name || 'X' WHERE patient_id IN (SELECT id FROM plan WHERE role IN ('p9', 'p10'));
    UPDATE visit SET reason = reason || 'X' WHERE patient_id IN (SELECT id FROM plan WHERE role IN ('p11', 'p12'))`);
}

/** The same rows change back, un-merge and move on, before anybody notices. */
const dayAfter = (): Promise<object[]> =>
  site.ehr.sql(`
    DELETE FROM merge WHERE retired_patient_id = (SELECT id FROM plan WHERE role = 'p1');
    UPDATE merge SET surviving_patient_id = (SELECT id FROM plan WHERE role = 'p13')
    WHERE retired_patient_id = (SELECT id FROM plan WHERE role = 'p3');
    UPDATE visit SET patient_id = (SELECT id FROM plan WHERE role = 'p7') WHERE patient_id = (SELECT id FROM plan WHERE role = 'p8');
    UPDATE person SET last_name = left(last_name, -1) WHERE patient_id IN (SELECT id FROM plan WHERE role IN ('p9', 'p10'));
    UPDATE visit SET reason = left(reason, -1) WHERE patient_id IN (SELECT id FROM plan WHERE role IN ('p11', 'p12'))`);

/** Refused, then mended by one night, after which there is nothing to do. */
async function expectMended(flags = ' --after-restore'): Promise<Ended> {
  const refused = await night();
  expect(refused, refused.said).toMatchObject({ exitCode: 75 });
  expect(refused.said).toMatch(/the ledger has lost commits: run \S+ wrote to it until[^]*nightly --after-restore/);
  return expectMendedBy(flags);
}

/** How many commits of the journal a ledger has. */
async function commitsOf(server: LedgerServer): Promise<number> {
  const [row] = await server.ask<{ commits: number }>(
    'SELECT max(number)::integer AS commits FROM redox_reconcile.ledger_commit',
  );
  return row?.commits ?? 0;
}

async function expectMendedBy(flags: string): Promise<Ended> {
  const mending = await night(flags);
  expect([0, 2], mending.said).toContain(mending.exitCode);
  // What was found in flight goes once more; then there is nothing to do.
  let sent = Infinity;
  for (let more = 0; sent > 0 && more < 2; more += 1) {
    const posts = site.standIn.requests().posts;
    const quiet = await night();
    expect([0, 2], quiet.said).toContain(quiet.exitCode);
    sent = site.standIn.requests().posts - posts;
  }
  expect(sent, 'a later night sends nothing').toBe(0);
  return mending;
}

async function expectRight(): Promise<void> {
  const differences = await site.ehr.differences(site.standIn.state());
  count('rows wrong after a failover or a restore', differences.length);
  expect(differences).toEqual([]);
  expect(ambiguousVersions(site.journal)).toEqual([]);
}

const times = isShort ? [1] : Array.from({ length: 20 }, (_, at) => at + 1);

/** The short form of this is among the integration tests (night-after-restore). */
describe('a ledger restored from the day before', () => {
  test.skipIf(isShort).each(times)('is refused, and repaired by nightly --after-restore (%i)', async (time) => {
    ledger = site.ledger;
    const some = dice(seed * 100 + time);
    const first = await night();
    expect(first, first.said).toMatchObject({ exitCode: 0 });
    const backup = await ledger.backUp();
    await lostDay(some);
    const lost = await night();
    expect(lost, lost.said).toMatchObject({ exitCode: 0 });
    await dayAfter();
    await ledger.restore(backup);
    await rm(backup, { recursive: true });
    count('ledgers restored');
    await expectMended();
    await expectRight();
  });
});

describe('a ledger that failed over during a delivery', () => {
  test.each(times)('is refused, and repaired by nightly --after-restore (%i)', async (time) => {
    ledger = site.ledger;
    const some = dice(seed * 1_000 + time);
    await night();
    const link = await Link.open(ledger.port);
    const standby = await ledger.standby(link.port);
    try {
      await lostDay(some);
      const job = site.start('nightly', { LEDGER_URL: ledger.url.reveal() });
      const taken = site.journal.length;
      await job.until(() => site.journal.length >= taken + 5 + some.number(20));
      link.cut();
      // Two more, because the job may not have heard of the last one: a loss that nobody knew of is none.
      const replicated = await commitsOf(ledger);
      const known = site.journal.length;
      await job.until(() => site.journal.length >= known + some.number(25));
      await job.until(async () => (await commitsOf(ledger)) >= replicated + 2);
      await ledger.killServer();
      await job.ended;
      await standby.promote();
      ledger = standby;
      count('ledgers failed over');
      await dayAfter();
      await expectMended();
      await expectRight();
    } finally {
      link.cut();
      await site.ledger.heal();
      // The next one begins from what the standby has: the former primary is a copy of it.
      const copy = await standby.backUp();
      await site.ledger.restore(copy);
      await rm(copy, { recursive: true });
      await standby.close();
    }
  });
});
