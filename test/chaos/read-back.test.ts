/** Audits and confirmations that are killed or stopped: what they stored stays, and the next one goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { documentOid } from '../integration/redox/stand-in-client.ts';
import { dice, type Dice, isShort, seed } from './support/budget.ts';
import type { Ended, Job } from './support/job.ts';
import { ChaosSite, platformSettings } from './support/site.ts';
import { count } from './support/tally.ts';

/** So many of each, a few of them before each one that may end. */
const kills = Number(process.env['CHAOS_KILLS'] ?? 20);
const patients = 150;

let site: ChaosSite;
let close: () => Promise<void>;
beforeEach(async () => {
  ({ site, close } = await ChaosSite.open({ CONFIRM_WITHIN: '0s', CALL_TIMEOUT: '2s' }));
  // The last name is unique, so a search by the keys of one finds one.
  const keys = "'Ann' AS first_name, '1980-01-02' AS birth_date, '60601' AS zip";
  await site.ehr.write('patients.sql', `SELECT patient_id, last_name, ${keys} FROM person`);
  await site.ehr.grow(patients);
  await expectEnd(site.start('nightly'));
});
afterEach(() => close());

async function expectEnd(job: Job): Promise<Ended> {
  const ended = await job.ended;
  expect([0, 2], ended.said).toContain(ended.exitCode);
  return ended;
}

async function hurt(job: Job, what: 'audits' | 'confirmations', some: Dice): Promise<void> {
  const isKilled = some.number(2) === 0;
  job.kill(isKilled ? 'SIGKILL' : 'SIGTERM');
  count(`${what} ${isKilled ? 'killed' : 'stopped'}`);
  const { exitCode, said } = await job.ended;
  // One that was nearly at its end gets there.
  expect(isKilled ? [null, 0, 2] : [3, 0, 2], said).toContain(exitCode);
}

/** Sends what is owed, which must be exactly these messages, and leaves nothing to do. */
async function expectSent(messages: readonly string[]): Promise<void> {
  const before = site.journal.length;
  await expectEnd(site.start('nightly'));
  const sent = site.journal.slice(before).map(({ event, id }) => `${event} ${id}`);
  expect(sent.sort()).toEqual([...messages].sort());
  expect(await site.ehr.differences(site.standIn.state())).toEqual([]);
  count('rows lost at Redox and sent again', messages.length);
  await expectEnd(site.start('nightly'));
  expect(site.journal.length, 'the night after sends nothing').toBe(before + messages.length);
}

/** Takes away and alters some of what Redox has. The messages that put it right. */
function damage(some: Dice): string[] {
  const numbers = new Set<number>();
  while (numbers.size < 12) numbers.add(1 + some.number(patients));
  return [...numbers].flatMap((number, index) => {
    const [patientId, visits] = [`p1-${number}`, [1, 2].map((m) => `v1-${number}-${m}`)];
    const [visit = ''] = visits;
    const documentId = `${documentOid}^${visit}`;
    switch (index % 4) {
      case 0:
        site.standIn.tamper({ kind: 'forget_patient', patientId });
        return [`NewPatient ${patientId}`, ...visits.map((id) => `VisitPush ${id}`)];
      case 1:
        site.standIn.tamper({ kind: 'alter_patient', patientId, path: 'Demographics.LastName', value: 'Other' });
        return [`PatientUpdate ${patientId}`];
      case 2:
        site.standIn.tamper({ kind: 'forget_document', documentId });
        return [`VisitPush ${visit}`];
      default:
        site.standIn.tamper({
          kind: 'alter_document',
          documentId,
          path: 'Header.Document.DateTime',
          value: '2020-01-01T00:00:00.000Z',
        });
        return [`VisitPush ${visit}`];
    }
  });
}

const auditAll = 'audit --all --repair --allow-large-change';

/** Patients who were assessed twice in one round, and audits whose counts are not those of their lines. */
const countedTwice = `
  WITH assessed AS (
    SELECT a.run_number, a.round_started_at, l.entity_id
    FROM redox_reconcile.audit a
    JOIN redox_reconcile.audit_line l USING (run_number)
    WHERE l.entity = 'patient' AND l.result NOT IN ('not_yet_synced', 'unanswered')
  )
  SELECT 'twice' AS fault, entity_id AS of FROM assessed GROUP BY round_started_at, entity_id HAVING count(*) > 1
  UNION ALL
  SELECT 'count', a.run_number::text
  FROM redox_reconcile.audit a
  WHERE (a.counts ->> 'assessed')::integer <> (SELECT count(*) FROM assessed s WHERE s.run_number = a.run_number)`;

const newestRun = async (): Promise<number> => {
  const [row] = await site.ledger.ask<{ number: number }>(
    'SELECT max(run_number)::integer AS number FROM redox_reconcile.run',
  );
  return row?.number ?? 0;
};

/** How often rows were listed as owed since a run. */
const owedSince = async (run: number, what: string): Promise<readonly { row: string; times: number }[]> =>
  site.ledger.ask(`
    SELECT entity || ' ' || entity_id AS row, count(*)::integer AS times
    FROM redox_reconcile.discrepancy WHERE run_number > ${run} AND ${what} GROUP BY 1`);

describe.skipIf(isShort)('one that is killed or stopped at random moments: nothing is lost or counted twice', () => {
  const patience = { timeout: kills * 30_000 + 120_000 };

  test(`audit --all --repair, ${kills} times (CHAOS_SEED=${seed})`, patience, async () => {
    const some = dice(seed);
    for (let left = kills; left > 0;) {
      const messages = damage(some);
      const before = await newestRun();
      for (let times = 1 + some.number(6); times > 0 && left > 0; times -= 1, left -= 1) {
        site.standIn.misbehave([{ kind: 'delay', ms: some.number(30) }]);
        const asked = site.standIn.requests().posts + some.number(3 * patients);
        const job = site.start(auditAll);
        await job.until(() => site.standIn.requests().posts >= asked);
        await sleep(some.number(300));
        await hurt(job, 'audits', some);
      }
      site.standIn.misbehave([]);
      await expectEnd(site.start(auditAll));
      expect(await site.ledger.ask(countedTwice)).toEqual([]);
      const owed = await owedSince(before, "detail = 'owed'");
      expect(owed.filter(({ times }) => times > 1)).toEqual([]);
      expect(owed).toHaveLength(messages.length);
      await expectSent(messages);
      const last = await site.start(auditAll).ended;
      expect(last, last.said).toMatchObject({ exitCode: 0 });
    }
  });

  test(`confirm, ${kills} times (CHAOS_SEED=${seed})`, patience, async () => {
    const some = dice(seed);
    for (let left = kills; left > 0;) {
      await site.ehr.sql(`
        UPDATE person SET last_name = last_name || 'x' WHERE number % 3 = ${left % 3};
        UPDATE visit SET reason = reason || 'x' WHERE number % 3 = ${left % 3}`);
      const when = { nth: 1 + some.number(3), every: 4, times: 8 };
      site.standIn.misbehave([
        { kind: 'inside', fate: 'failed', code: 'E1', when: { ...when, eventType: 'PatientUpdate' } },
        { kind: 'inside', fate: 'failed', code: 'E2', when: { ...when, eventType: 'VisitPush' } },
      ]);
      await expectEnd(site.start('nightly'));
      const lost = await site.ehr.differences(site.standIn.state());
      expect(lost).toHaveLength(16);
      const before = await newestRun();
      for (let times = 1 + some.number(6); times > 0 && left > 0; times -= 1, left -= 1) {
        site.standIn.misbehave([{ kind: 'delay', ms: some.number(60), when: { endpoint: 'platform' } }]);
        const job = site.start('confirm', platformSettings);
        await job.when(({ event }) => event === 'run_started');
        await sleep(some.number(1_500));
        await hurt(job, 'confirmations', some);
      }
      site.standIn.misbehave([]);
      await expectEnd(site.start('confirm', platformSettings));
      const owed = await owedSince(before, "kind = 'undelivered'");
      expect(owed.filter(({ times }) => times > 1)).toEqual([]);
      expect(owed).toHaveLength(lost.length);
      const unasked = 'SELECT FROM redox_reconcile.call WHERE log_id IS NOT NULL AND confirmed_at IS NULL';
      expect(await site.ledger.ask(unasked)).toEqual([]);
      await expectSent(
        owed.map(({ row }) => row.replace('patient', 'PatientUpdate').replace('encounter', 'VisitPush')),
      );
    }
  });
});
