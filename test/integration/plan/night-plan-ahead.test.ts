import { describe, expect, it } from 'vitest';
import { describeRun } from '../../../src/report/text/describe-run.ts';
import { describeStatus, readStatus } from '../../../src/report/text/status.ts';
import { addPatients, largeSite, syncedLargeSite } from '../ehr/large-site.ts';
import { type ClinicNight, syncedClinic, tinyClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';

/** A first load of many nights: each plans some calls beforehand, and counts what waits for its turn. */

const waitingRows = ({ summary }: NightResult): number =>
  Object.values(summary.waiting).reduce((sum, rows) => sum + rows, 0);

const plannedCalls = (night: NightResult): number => night.csv('calls').length;

/** Every run checks that its rows add up. */
function expectAccountedFor({ summary: { waiting, patients, encounters } }: NightResult): void {
  expect(waiting.VisitPush).toBe(encounters.waiting);
  expect(waiting.NewPatient + waiting.PatientUpdate).toBe(patients.waiting);
}

const watermark = async ({ night }: ClinicNight): Promise<unknown[]> =>
  (await night.ledger.query('the watermark', 'SELECT through FROM watermark')).rows;

const asleep = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

const refused = (said: string): unknown =>
  expect.objectContaining({ exitCode: 75, message: expect.stringContaining(said) as string });

describe('a first load beyond PLAN_AHEAD', () => {
  it('plans whole persons, counts the others, and sends all in the end', async () => {
    const site = await tinyClinic({ PLAN_AHEAD: '25' });
    let accepted = 0;
    for (let nights = 1; ; nights += 1) {
      const night = await site.night.nightly();
      expectAccountedFor(night);
      const persons = [...new Set(night.csv('calls').map(({ person = '' }) => person))];
      for (const person of persons) {
        const visits = night.csv('calls').filter((call) => call['person'] === person && call['entity'] === 'encounter');
        expect(visits.length).toBe((await site.visitsOf(person).catch(() => [])).length);
      }
      accepted += night.posts;
      if (waitingRows(night) === 0) break;
      expect(plannedCalls(night)).toBeGreaterThanOrEqual(25);
      expect(plannedCalls(night)).toBeLessThan(45);
      expect(night.csv('discrepancies')).toHaveLength(plannedCalls(night));
      expect(await watermark(site)).toEqual([]);
      expect(nights).toBeLessThan(10);
    }
    expect(await watermark(site)).toHaveLength(1);
    expect((await site.night.nightly()).posts).toBe(0);
    expect(accepted).toBeGreaterThan(60);
    await site.expectRedoxIsTrue();
  });

  it('is sent whole by runs of --mode changes alone', async () => {
    const site = await tinyClinic({ PLAN_AHEAD: '25' });
    for (let runs = 1; ; runs += 1) {
      const night = await site.night.intraday();
      expectAccountedFor(night);
      if (waitingRows(night) === 0) break;
      expect(runs).toBeLessThan(10);
    }
    await site.expectRedoxIsTrue();
  });

  it('continues with the planned calls, and then with a sweep, where a watermark exists', async () => {
    const site = await syncedClinic();
    const before = await watermark(site);
    for (const person of ['901', '902', '903', '904']) {
      await site.register(person, `MR-${person}`);
      await site.visit(`${person}1`, person);
      // The rows say that they are old, so only a sweep finds them.
      await site.sql("UPDATE clinic.person SET changed_at = now() - interval '30 days' WHERE person_id = $1", [person]);
      await site.sql("UPDATE clinic.visit SET changed_at = now() - interval '30 days' WHERE person_id = $1", [person]);
    }
    const settings = { PLAN_AHEAD: '4' };
    const first = await site.night.nightly({ settings, maxCalls: 2 });
    expect(first.summary.waiting).toMatchObject({ NewPatient: 2, VisitPush: 2 });
    expect(await watermark(site)).toEqual(before);
    const second = await site.night.intraday({ settings });
    expect(second.summary).toMatchObject({ mode: 'changes', waiting: { NewPatient: 2, VisitPush: 2 } });
    expect(second.posts).toBe(2);
    const third = await site.night.intraday({ settings });
    expect(third.summary.mode).toBe('sweep');
    expect(site.night.logged()).toContain('rows_wait');
    expect(waitingRows(third)).toBe(0);
    expect(await watermark(site)).not.toEqual(before);
    await site.expectRedoxIsTrue();
  });

  it('leaves its waiting rows alone in apply, resend and rerun, and says so', async () => {
    const site = await tinyClinic({ PLAN_AHEAD: '25' });
    const planned = await site.night.nightly({ planOnly: true });
    const left = planned.summary.waiting;
    expect(waitingRows(planned)).toBeGreaterThan(25);
    expect(planned.posts).toBe(0);
    const applied = await site.night.apply(planned.runId);
    expect(applied.posts).toBeGreaterThanOrEqual(25);
    expect(applied.summary.waiting).toEqual(left);
    const resent = await site.night.resend();
    expect(resent.summary.waiting).toEqual(left);
    const again = await site.night.rerun({ kind: 'window', by: 'updated', from: new Date(0), to: new Date(1) });
    expect(again.summary.waiting).toEqual(left);
    expect(describeRun(again.summary, 'x').join('\n')).toMatch(
      /rows still wait for their turn; this run left them alone/,
    );
    expect(await watermark(site)).toEqual([]);
    await site.night.nightly({ settings: { PLAN_AHEAD: 'all' } });
    await site.expectRedoxIsTrue();
  });
});

it('a load goes on beside more refused rows and orphans than PLAN_AHEAD', async () => {
  const site = await largeSite(20, { PLAN_AHEAD: '6' });
  await site.sql("INSERT INTO visit SELECT n, 'orphan ' || n, 'nobody ' || n, 'Cough' FROM generate_series(1, 9) AS n");
  const refused = ['p1', 'p10', 'p11', 'p12'];
  site.night.standIn.misbehave(
    refused.map((patientId) => ({ kind: 'status', status: 400, when: { patientId, nth: 1, times: 1000 } })),
  );
  for (let nights = 1; nights <= 8; nights += 1) expectAccountedFor(await site.night.nightly());
  expect(site.night.standIn.state().patients.size).toBe(20 - refused.length);
});

describe('a load goes on beside more than PLAN_AHEAD', () => {
  const mergesOf = (survivor: string): string =>
    `INSERT INTO merge SELECT n, 'p' || n, '${survivor}' FROM generate_series(1, 4) AS n`;
  it.each([
    ['merges without a survivor', 'SELECT', mergesOf('nobody')],
    [
      'cycles of merges',
      'SELECT',
      "INSERT INTO merge VALUES (1, 'p1', 'p2'), (2, 'p2', 'p1'), (3, 'p3', 'p4'), (4, 'p4', 'p3')",
    ],
    ['refused merges', 'SELECT', mergesOf('p5')],
    [
      'merges that were re-pointed and have no row',
      mergesOf('p5'),
      "UPDATE merge SET surviving_patient_id = 'p6'; DELETE FROM person WHERE number <= 4",
    ],
    ['reopened visits', 'SELECT', "UPDATE visit SET status = 'open' WHERE number <= 4"],
    ['cancelled visits', 'SELECT', "UPDATE visit SET status = 'cancelled' WHERE number <= 4"],
  ])('%s', async (_, before, change) => {
    const site = await largeSite(6);
    await site.sql("ALTER TABLE visit ADD status text NOT NULL DEFAULT 'finished'");
    await site.contract('encounters.sql', 'SELECT encounter_id, patient_id, reason AS reason_name, status FROM visit');
    await site.night.nightly();
    await site.sql(before);
    await site.night.nightly();
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'PatientMerge' } }]);
    await site.sql(change);
    await site.night.nightly({ allowLargeChange: true });
    await site.sql(addPatients(7, 12));
    const settings = { PLAN_AHEAD: '4' };
    for (let nights = 1; nights <= 5; nights += 1) expectAccountedFor(await site.night.nightly({ settings }));
    expect([...site.night.standIn.state().patients.keys()]).toEqual(expect.arrayContaining(['p7', 'p12']));
  });
});

it('a patient has visits though an id that is too long begins with theirs', async () => {
  const site = await largeSite(6, { PLAN_AHEAD: '100' });
  await site.sql(`
    INSERT INTO person VALUES (7, repeat('L', 400), 'Short', 'White'), (8, repeat('L', 2100), 'Long', 'White');
    INSERT INTO visit VALUES (7, 'v7', repeat('L', 400), 'Cough')`);
  for (const settings of [{ PLAN_AHEAD: '3' }, { PLAN_AHEAD: '13' }]) {
    expectAccountedFor(await site.night.nightly({ settings, callsPerPart: 2 }));
  }
  expect(site.night.standIn.state().documents.size).toBe(7);
});

it('a load plans the visits of merged patients, and of patients whose merge was undone', async () => {
  const site = await largeSite(4, { PLAN_AHEAD: '3' });
  await site.sql("INSERT INTO merge VALUES (1, 'p1', 'p2')");
  await site.night.nightly({ settings: { PLAN_AHEAD: 'all' } });
  await site.sql("INSERT INTO merge VALUES (3, 'p3', 'p4')");
  await site.night.nightly({ settings: { PLAN_AHEAD: 'all' } });
  await site.sql(`
    DELETE FROM merge WHERE number = 3;
    ${addPatients(5, 14)};
    INSERT INTO merge VALUES (5, 'p5', 'p6');
    INSERT INTO visit VALUES (21, 'v21', 'p3', 'Cough'), (22, 'v22', 'p4', 'Cough'), (23, 'v23', 'p1', 'Cough')`);
  let sent: string[] = [];
  for (let nights = 1; nights <= 8; nights += 1) {
    const night = await site.night.nightly({ allowLargeChange: true });
    expectAccountedFor(night);
    sent = [...sent, ...night.csv('calls').map(({ entity_id = '' }) => entity_id)];
  }
  expect(sent).toEqual(expect.arrayContaining(['v5', 'v6', 'v14', 'v21', 'v22', 'v23']));
});

describe('a plan in parts', () => {
  const sentRanks = async (site: ClinicNight): Promise<number[]> => {
    const { rows } = await site.night.ledger.query(
      'the ranks, in the order of sending',
      'SELECT rank FROM call WHERE sending_at IS NOT NULL ORDER BY run_number, sending_at, call_id',
    );
    return rows.map(({ rank }: { rank?: number }) => Number(rank));
  };

  it('is continued while a night sends, up to PLAN_AHEAD, in the order of turns', async () => {
    const site = await tinyClinic({ PLAN_AHEAD: '25', CONCURRENCY: '1' });
    const night = await site.night.nightly({ callsPerPart: 4 });
    expectAccountedFor(night);
    expect(night.exitCode).toBe(0);
    expect(plannedCalls(night)).toBeGreaterThanOrEqual(25);
    expect(plannedCalls(night)).toBeLessThan(45);
    expect(night.posts).toBe(plannedCalls(night));
    expect(night.csv('discrepancies')).toHaveLength(plannedCalls(night));
    const ranks = await sentRanks(site);
    // Some lanes are under way at once.
    expect(ranks.slice(0, 10).every((rank) => rank < Math.min(...ranks.slice(-10)))).toBe(true);
    expect(await watermark(site)).toEqual([]);
  });

  it('ends with the part that was begun where a night leaves calls', async () => {
    const site = await tinyClinic({ PLAN_AHEAD: '25' });
    const whole = await site.night.nightly({ planOnly: true, callsPerPart: 4 });
    expect(plannedCalls(whole)).toBeGreaterThanOrEqual(25);
    const night = await site.night.nightly({ callsPerPart: 4, maxCalls: 6 });
    expectAccountedFor(night);
    expect(night.exitCode).toBe(3);
    expect(night.posts).toBe(6);
    expect(plannedCalls(night)).toBeGreaterThan(6);
    expect(plannedCalls(night)).toBeLessThan(plannedCalls(whole));
    expect(waitingRows(night) + plannedCalls(night)).toBe(waitingRows(whole) + plannedCalls(whole));
    expect((await site.night.resend()).posts).toBe(plannedCalls(night) - 6);
    await site.night.nightly({ callsPerPart: 4, settings: { PLAN_AHEAD: '1000' } });
    await site.expectRedoxIsTrue();
  });

  it('is given up after a signal while its next part is planned', async () => {
    const site = await tinyClinic({ PLAN_AHEAD: '25' });
    const { ledger } = site.night;
    const first = plannedCalls(await site.night.nightly({ callsPerPart: 4, maxCalls: 1 }));
    await ledger.query(
      'a slow disk',
      `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF EXISTS (SELECT FROM redox_reconcile.call WHERE run_number = NEW.run_number AND state = 'accepted') THEN PERFORM pg_sleep(0.5); END IF; RETURN NULL; END $$;
       CREATE TRIGGER slow AFTER INSERT ON redox_reconcile.call FOR EACH ROW EXECUTE FUNCTION slow()`,
    );
    const stop = new AbortController();
    const night = site.night.nightly({ callsPerPart: 4, signal: stop.signal });
    await expect
      .poll(async () => (await ledger.query('a part', asleep)).rows.length, { timeout: 60_000, interval: 20 })
      .toBe(1);
    stop.abort();
    const stopped = await night;
    expectAccountedFor(stopped);
    expect(stopped.exitCode).toBe(3);
    expect(stopped.posts).toBe(plannedCalls(stopped));
    expect(plannedCalls(stopped)).toBeLessThan(first + 10);
    await ledger.query('a disk as before', 'DROP TRIGGER slow ON redox_reconcile.call');
    await site.night.nightly({ settings: { PLAN_AHEAD: 'all' } });
    await site.expectRedoxIsTrue();
  });

  it('moves the watermark with the part that leaves nobody waiting', async () => {
    const site = await tinyClinic();
    let sent = 0;
    // Just fewer calls than rows, so that the last person fits into the last part.
    const all = plannedCalls(await site.night.nightly({ planOnly: true }));
    const settings = { PLAN_AHEAD: String(all - 1) };
    const first = await site.night.nightly({ settings, callsPerPart: 5, maxCalls: 10 });
    sent += first.posts;
    expect(await watermark(site)).toEqual([]);
    for (let nights = 0; (await watermark(site)).length === 0; nights += 1) {
      sent += (await site.night.nightly({ settings, callsPerPart: 5 })).posts;
      expect(nights).toBeLessThan(4);
    }
    expect(sent).toBe(all);
    await site.expectRedoxIsTrue();
  });
});

describe('a correction', () => {
  it('is planned before new rows, beyond PLAN_AHEAD too', async () => {
    const site = await largeSite(60, { PLAN_AHEAD: '10' });
    await site.night.nightly();
    await site.sql(
      "UPDATE person SET last_name = 'Changed' WHERE patient_id IN (SELECT patient_id FROM visit ORDER BY 1)",
    );
    const night = await site.night.nightly();
    const events = night.csv('calls').map(({ event_type }) => event_type);
    expect(night.summary.calls.PatientUpdate.accepted).toBe(5);
    expect(events.slice(0, 5).length).toBe(5);
    expect(night.summary.waiting.NewPatient + night.summary.calls.NewPatient.planned).toBe(55);
    await site.sql("UPDATE visit SET reason = 'Fever'");
    const next = await site.night.nightly({ settings: { PLAN_AHEAD: '1' } });
    expect(next.summary.encounters.changed).toBe(next.summary.calls.VisitPush.accepted);
    expect(next.summary.calls.NewPatient.planned).toBe(0);
  });

  it('counts towards PLAN_AHEAD in a plan of parts', async () => {
    const site = await largeSite(8);
    await site.night.nightly();
    await site.sql(`UPDATE person SET last_name = 'Changed' WHERE number <= 5; ${addPatients(9, 20)}`);
    const settings = { PLAN_AHEAD: '7' };
    const night = await site.night.nightly({ settings, callsPerPart: 2 });
    expect(night.summary.calls).toMatchObject({ PatientUpdate: { accepted: 5 }, NewPatient: { accepted: 1 } });
    const next = await site.night.nightly({ settings, callsPerPart: 2 });
    expect(next.summary.calls.NewPatient.accepted).toBe(4);
  });

  it('by another version of the builder alone is bounded like a new row', async () => {
    const site = await largeSite(40);
    await site.night.nightly();
    for (const table of ['patient', 'encounter']) {
      await site.night.ledger.query('an older release', `UPDATE ${table} SET builder_version = builder_version - 1`);
    }
    const settings = { PLAN_AHEAD: '20' };
    const night = await site.night.nightly({ settings });
    expect(night.summary.calls.PatientUpdate.unneeded).toBe(10);
    expect(night.summary.waiting).toEqual({ NewPatient: 0, PatientUpdate: 30, PatientMerge: 0, VisitPush: 30 });
    for (let nights = 2; nights <= 4; nights += 1) await site.night.nightly({ settings });
    const { rows } = await site.night.ledger.query(
      'older rows',
      'SELECT FROM patient WHERE builder_version = (SELECT min(builder_version) FROM run)',
    );
    expect(rows).toHaveLength(40);
    expect((await site.night.nightly()).csv('calls')).toEqual([]);
  });
});

describe('the guard of a load with waiting rows', () => {
  it('asks for the whole load once, lets it go on, and refuses what nobody approved', async () => {
    const site = await largeSite(160, { PLAN_AHEAD: '120' });
    await expect(site.night.nightly()).rejects.toEqual(refused('all 160 patients of the EHR would be sent'));
    expectAccountedFor(await site.night.nightly({ allowLargeChange: true }));
    expectAccountedFor(await site.night.nightly());
    const before = site.night.standIn.requests().posts;
    const refusal = async (change: string, undo: string, said: string): Promise<void> => {
      await site.sql(change);
      await expect(site.night.nightly()).rejects.toEqual(refused(said));
      await site.sql(undo);
    };
    await refusal(
      addPatients(161, 200),
      'DELETE FROM visit WHERE number > 160; DELETE FROM person WHERE number > 160',
      '40 patients are new (25% of the 160 patients',
    );
    await site.sql('CREATE TABLE kept_person AS SELECT * FROM person; CREATE TABLE kept_visit AS SELECT * FROM visit');
    await refusal(
      'DELETE FROM visit WHERE number % 2 = 0; DELETE FROM person WHERE number % 2 = 0',
      'TRUNCATE person, visit; INSERT INTO person SELECT * FROM kept_person; INSERT INTO visit SELECT * FROM kept_visit',
      'patients are gone',
    );
    await site.sql("UPDATE person SET last_name = 'Nobody'");
    await expect(site.night.intraday()).rejects.toEqual(refused('patients have changed'));
    await refusal(
      'SELECT',
      'UPDATE person p SET last_name = k.last_name FROM kept_person k WHERE k.patient_id = p.patient_id',
      'patients have changed',
    );
    expect(site.night.standIn.requests().posts).toBe(before);
    await site.night.nightly();
    expect((await site.night.nightly()).posts).toBe(0);
    expect(site.night.standIn.state().patients.size).toBe(160);
  });

  it('lets it go on though a shorter night plans fewer calls beforehand', async () => {
    const site = await largeSite(120, { PLAN_AHEAD: '160' });
    await site.night.nightly({ allowLargeChange: true, maxCalls: 20 });
    const shorter = await site.night.nightly({ settings: { PLAN_AHEAD: '20' }, maxCalls: 10 });
    expect(waitingRows(shorter)).toBeGreaterThan(200 - 40);
    expect((await site.night.nightly({ settings: { PLAN_AHEAD: 'all' } })).exitCode).toBe(0);
    expect(site.night.standIn.state().documents.size).toBe(120);
  });

  it('refuses new rows between two sweeps too, though as many wait', async () => {
    const site = await syncedLargeSite();
    for (const table of ['person', 'visit'])
      await site.sql(`ALTER TABLE ${table} ADD changed_at timestamptz NOT NULL DEFAULT now() - interval '30 days'`);
    await site.contract('patients.sql', 'SELECT patient_id, last_name, race, changed_at AS updated_at FROM person');
    await site.contract(
      'encounters.sql',
      `SELECT encounter_id, patient_id, reason AS reason_name, 'outpatient' AS class, 'finished' AS status, changed_at AS updated_at,
         timestamp '2026-02-01 09:00' AS started_at, timestamp '2026-02-01 09:30' AS ended_at
       FROM visit`,
    );
    await site.sql(addPatients(201, 300));
    const first = await site.night.nightly({ settings: { PLAN_AHEAD: '20' }, allowLargeChange: true, maxCalls: 1 });
    expect(waitingRows(first)).toBeGreaterThan(150);
    for (const table of ['person', 'visit']) await site.sql(`ALTER TABLE ${table} ALTER changed_at SET DEFAULT now()`);
    await site.sql(addPatients(301, 400));
    await expect(site.night.intraday()).rejects.toEqual(refused('100 patients are new'));
    expect(site.night.logged()).not.toContain('rows_wait');
  });
});

it('status counts the nights that are left of a load', async () => {
  const site = await largeSite(120, { PLAN_AHEAD: '40' });
  await site.night.nightly({ allowLargeChange: true, maxCalls: 20 });
  await site.night.nightly({ maxCalls: 20 });
  const { summary } = await site.night.nightly({ maxCalls: 20 });
  expect(summary).toMatchObject({ nights_left: 9, person_lines: 0 });
  const lines = describeStatus(await readStatus(site.night.ledger), new Date()).join('\n');
  expect(lines).toContain(
    'All will be sent  in about 9 nights: 180 calls wait, at the pace of the last 3 nights (20 a night)',
  );
  expect(lines).toMatch(/Beyond the plan {3}\d+ NewPatient, \d+ VisitPush \(PLAN_AHEAD\)/);
});
