import { describe, expect, it, vi } from 'vitest';
import { calls, type ClinicNight, found, openActions, syncedClinic } from '../support/clinic-night.ts';
import { platformSettings, type NightChoices } from '../support/night.ts';
import type { ListedRow } from '../../../src/run/policy.ts';
import type { Fault } from '../../../src/sandbox/redox/fault/fault.ts';
import { logShapes } from '../../log-shapes.ts';

/** A told clinic whose earlier messages are confirmed, so that a test is about its own alone. */
async function confirmingClinic(settings = {}): Promise<ClinicNight> {
  const site = await syncedClinic({ ...platformSettings, ...settings });
  await site.night.ledger.query(
    'the confirmation of the night before',
    "UPDATE call SET log_status = 'succeeded', confirmed_at = now() WHERE state = 'accepted'",
  );
  return site;
}

/** A merge of registrations alone: the visits keep their patient in the EHR. */
const merge = (site: ClinicNight, retired: string, survivor: string): Promise<object[]> =>
  site.sql('INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())', [
    retired,
    survivor,
  ]);

/** Noon in Chicago, so many days after the first of March. */
const on = (day: number): Pick<NightChoices, 'now'> => ({ now: () => new Date(Date.UTC(2026, 2, 1 + day, 18)) });

const inside = (fate: 'failed' | 'filtered' | 'unseen' | 'lost' | 'hidden' | 'stuck', when = {}): Fault => ({
  kind: 'inside',
  fate,
  when,
});

/** What `calls.csv` of a run says of its messages now. */
async function logStatuses(site: ClinicNight, runId: string): Promise<readonly string[]> {
  const { rows } = await site.night.ledger.query(
    'log statuses',
    `SELECT event_type || ' ' || coalesce(log_status, '-') AS words
     FROM call JOIN run USING (run_number) WHERE run_id = $1 AND state = 'accepted' ORDER BY call_id`,
    [runId],
  );
  return (rows as { words: string }[]).map(({ words }) => words);
}

async function* listedPatient(id: string): AsyncGenerator<ListedRow> {
  yield await Promise.resolve({ entity: 'patient', id });
}

describe('a message that fails inside Redox', () => {
  it('is sent again by the next night, before anything changed', async () => {
    const site = await confirmingClinic();
    const [one, other] = await site.somePatients();
    await site.clinic.renamePatient(one, 'Changed');
    await site.visit('9001', other);
    site.night.standIn.misbehave([inside('failed')]);
    const first = await site.night.nightly();
    expect(calls(first)).toEqual([`PatientUpdate ${one} accepted`, 'VisitPush 9001 accepted']);
    site.night.standIn.misbehave([]);

    const second = await site.night.nightly();
    expect(second.summary.confirmation).toEqual({
      asked: 2,
      succeeded: 0,
      failed: 2,
      filtered: 0,
      pending: 0,
      unseen: 0,
    });
    expect(found(second)).toEqual(['undelivered encounter 9001 failed', `undelivered patient ${one} failed`]);
    expect(calls(second)).toEqual([`PatientUpdate ${one} accepted`, 'VisitPush 9001 accepted']);
    await site.expectRedoxIsTrue();
    expect(await logStatuses(site, first.runId)).toEqual(['PatientUpdate failed', 'VisitPush failed']);

    const third = await site.night.nightly();
    expect([third.posts, third.summary.confirmation?.succeeded, third.exitCode]).toEqual([0, 2, 0]);
    expect((await site.night.nightly()).summary.confirmation?.asked).toBe(0);
  });

  it('is found by an intraday too, and by a run of confirm', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    await site.visit('9001', patient);
    site.night.standIn.misbehave([inside('failed', { times: 2 })]);
    await site.night.nightly();
    expect(calls(await site.night.intraday())).toEqual(['VisitPush 9001 accepted']);
    const confirmed = await site.night.confirm();
    expect(found(confirmed)).toEqual(['undelivered encounter 9001 failed']);
    expect([confirmed.posts, confirmed.summary.confirmation?.failed]).toEqual([0, 1]);
    expect(calls(await site.night.resend())).toEqual(['VisitPush 9001 accepted']);
    await site.expectRedoxIsTrue();
  });

  it('is sent again though a later change of its row needed no call', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    await site.clinic.changePhone(patient, '(217) 555-0142');
    site.night.standIn.misbehave([inside('failed', { times: 1 })]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    await site.clinic.changePhone(patient, '+1 217.555.0142');
    // A rerun asks for no logs.
    const rerun = await site.night.rerun({ kind: 'only', rows: () => listedPatient(patient) });
    expect(calls(rerun)).toEqual([`PatientUpdate ${patient} unneeded`]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    await site.expectRedoxIsTrue();
  });

  it('is held after three dates, and settled like a refusal', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([inside('failed')]);
    for (const day of [1, 2, 3]) {
      expect(calls(await site.night.nightly(on(day)))).toEqual([`PatientUpdate ${patient} accepted`]);
      await site.night.confirm(on(day));
    }
    const held = await site.night.nightly(on(4));
    expect(openActions(held)).toEqual([`held patient ${patient} rejected`]);
    expect([held.posts, held.exitCode]).toEqual([0, 2]);
    site.night.standIn.misbehave([]);
    await site.night.settle('send', `patient ${patient}`);
    expect(calls(await site.night.nightly(on(5)))).toEqual([`PatientUpdate ${patient} accepted`]);
    await site.expectRedoxIsTrue();
  });

  it('counts no longer once a log succeeded', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([inside('failed', { times: 2 })]);
    for (const day of [1, 2, 3, 4]) await site.night.nightly(on(day));
    const rows = await site.night.ledger.query('rejections', 'SELECT FROM rejection');
    expect(rows.rows).toEqual([]);
    await site.expectRedoxIsTrue();
  });

  it('creates a patient again whose NewPatient failed', async () => {
    const site = await confirmingClinic();
    await site.register('900', 'M900');
    await site.visit('9001', '900');
    site.night.standIn.travel({ isQueued: true });
    site.night.standIn.misbehave([inside('failed', { eventType: 'NewPatient' })]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 900 accepted', 'VisitPush 9001 accepted']);
    await site.expectRedoxIsTrue();
  });
});

describe('a merge that fails inside Redox', () => {
  it('is taken back with its documents, and sent again with the visits', async () => {
    const site = await confirmingClinic();
    const [retired, survivor] = await site.somePatients();
    const visits = await site.visitsOf(retired);
    await merge(site, retired, survivor);
    site.night.standIn.misbehave([inside('failed', { eventType: 'PatientMerge' })]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    const second = await site.night.nightly();
    expect(found(second)).toContain(`undelivered merge ${retired} failed`);
    expect(calls(second)).toContain(`PatientMerge ${retired} accepted`);
    expect(calls(second).filter((call) => call.startsWith('VisitPush'))).toHaveLength(visits.length);
    await site.expectRedoxIsTrue();
    await site.night.nightly();
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('is uncertain once visits were pushed to the survivor', async () => {
    const site = await confirmingClinic();
    const [retired, survivor] = await site.somePatients();
    await merge(site, retired, survivor);
    site.night.standIn.travel({ isQueued: true });
    site.night.standIn.misbehave([inside('failed', { eventType: 'PatientMerge' })]);
    await site.night.nightly({ settings: { CONFIRM_WITHIN: '6h' } });
    site.night.standIn.misbehave([]);
    await site.visit('9001', retired);
    // The queue's answer comes late: this night does not know of the failure yet.
    await site.night.nightly({ settings: noPlatform });
    await site.night.confirm();
    const { rows } = await site.night.ledger.query(
      'the retired',
      'SELECT presence FROM patient WHERE patient_id = $1',
      [retired],
    );
    expect(rows).toEqual([{ presence: 'merge_uncertain' }]);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });
});

/** A night that cannot ask. */
const noPlatform = Object.fromEntries(Object.keys(platformSettings).map((name) => [name, undefined]));

describe('what a person has to look at', () => {
  it('is a filtered message, each night until it is sent again', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    await site.visit('9001', patient);
    site.night.standIn.misbehave([inside('filtered')]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    const second = await site.night.nightly();
    expect([openActions(second), second.exitCode, second.posts]).toEqual([
      ['undelivered encounter 9001 filtered'],
      2,
      0,
    ]);
    const third = await site.night.nightly();
    expect([openActions(third), third.exitCode]).toEqual([['undelivered encounter 9001 filtered'], 0]);
    const listed = async function* (): AsyncGenerator<{ entity: 'encounter'; id: string }> {
      yield await Promise.resolve({ entity: 'encounter', id: '9001' });
    };
    await site.night.rerun({ kind: 'only', rows: listed }, { forced: true });
    expect(openActions(await site.night.nightly())).toEqual([]);
    await site.expectRedoxIsTrue();
  });

  it.each(['filtered', 'unseen'] as const)(
    'is a merge of a former MRN that is %s, until it is sent again',
    async (fate) => {
      const site = await confirmingClinic({ CONFIRM_WITHIN: '0s' });
      const [patient] = await site.somePatients();
      await site.sql("UPDATE clinic.person SET mrn = 'NEW', changed_at = now() WHERE person_id = $1", [patient]);
      site.night.standIn.misbehave([inside(fate, { eventType: 'PatientMerge' })]);
      await site.night.nightly();
      // What has no log is sent once more by itself.
      if (fate === 'unseen') await site.night.nightly();
      site.night.standIn.misbehave([]);
      const line = `undelivered patient ${patient} ${fate === 'filtered' ? 'filtered' : 'unseen_again'}`;
      for (const night of [await site.night.nightly(), await site.night.nightly()])
        expect([openActions(night), night.posts]).toEqual([[line], 0]);
      const again = await site.night.rerun({ kind: 'only', rows: () => listedPatient(patient) }, { forced: true });
      expect(calls(again)).toContain(`PatientMerge ${patient} accepted`);
      expect(openActions(await site.night.nightly())).toEqual([]);
      await site.expectRedoxIsTrue();
    },
  );

  it('is a stuck queue, in one line', async () => {
    const site = await confirmingClinic();
    const [one, other] = await site.somePatients();
    for (const [id, patient] of [
      ['9001', one],
      ['9002', other],
      ['9003', other],
    ] as const)
      await site.visit(id, patient);
    site.night.standIn.misbehave([inside('stuck', { times: 1 })]);
    await site.night.nightly();
    const second = await site.night.nightly();
    expect(openActions(second)).toEqual(['undelivered queue Clinical Summary queue_stuck']);
    expect(second.csv('open-actions')[0]?.['detail']).toMatch(/^3 messages, the oldest accepted /);
    expect([second.posts, second.exitCode, second.summary.confirmation?.pending]).toEqual([0, 2, 3]);
    site.night.standIn.resume();
    const third = await site.night.nightly();
    expect([openActions(third), third.summary.confirmation?.succeeded]).toEqual([[], 3]);
    await site.expectRedoxIsTrue();
  });

  it('is a queue in which twenty messages fail alike; then a few try it', async () => {
    const site = await confirmingClinic();
    for (const patient of (await site.patients()).slice(0, 22)) await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([inside('failed')]);
    await site.night.nightly({ allowLargeChange: true });
    const second = await site.night.nightly();
    expect(openActions(second)).toEqual(['undelivered queue PatientAdmin queue_failing']);
    expect(second.posts).toBe(5);
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    const works = await site.night.nightly();
    expect(works.taken).toEqual({ PatientUpdate: 17 });
    await site.expectRedoxIsTrue();
    const rows = await site.night.ledger.query('rejections', 'SELECT FROM rejection');
    expect(rows.rows).toEqual([]);
  });

  it('is that no log can be read, while the night goes on', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    await site.visit('9001', patient);
    await site.night.nightly();
    await site.visit('9002', patient);
    site.night.standIn.misbehave([{ kind: 'status', status: 403, when: { endpoint: 'platform' } }]);
    const night = await site.night.nightly();
    expect(openActions(night)).toEqual(['undelivered queue Clinical Summary logs_unreadable']);
    expect([calls(night), night.exitCode]).toEqual([['VisitPush 9002 accepted'], 2]);
    expect(site.night.logged()).toContain('REDOX_ENVIRONMENT_ID');
    await expect(site.night.confirm()).rejects.toThrow("Redox's logs could not be read");
  });
});

describe('a message without a log', () => {
  it('is sent again once, and then listed', async () => {
    const site = await confirmingClinic();
    const [one, other] = await site.somePatients();
    await site.visit('9001', one);
    await site.visit('9002', other);
    site.night.standIn.misbehave([inside('unseen', { nth: 2 })]);
    await site.night.nightly();
    const again = await site.night.nightly();
    expect(found(again)).toEqual([expect.stringMatching(/^undelivered encounter 900\d unseen$/)]);
    expect(again.posts).toBe(1);
    // A message of another visit shows that the logs can be read.
    await site.visit('9003', one);
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    const third = await site.night.nightly();
    expect([third.posts, openActions(third)]).toEqual([0, [expect.stringMatching(/ 900\d unseen_again$/)]]);
  });

  it('is found in backfill traffic, in both shapes and an unknown one', async () => {
    const site = await confirmingClinic();
    const [patient] = await site.somePatients();
    site.night.standIn.misbehave([{ kind: 'inside', fate: 'backfill' }]);
    for (const [shape, id] of [
      ['current', '9001'],
      ['older', '9002'],
      ['unknown', '9003'],
    ] as const) {
      site.night.standIn.answerLogsAs(logShapes[shape]);
      await site.visit(id, patient);
      await site.night.nightly();
      const { summary } = await site.night.confirm();
      expect(summary.confirmation).toMatchObject({ asked: 1, succeeded: 1 });
    }
  });
});

describe('a message overtaken by a merge', () => {
  it('is sent again, though every log says that it succeeded', async () => {
    const site = await confirmingClinic();
    const { standIn } = site.night;
    const [retired, survivor] = await site.somePatients();
    await site.visit('9001', retired);
    standIn.travel({ isQueued: true, paused: ['Clinical Summary'], storesLate: true });
    await site.night.nightly();
    await merge(site, retired, survivor);
    await site.night.nightly();
    standIn.travel({ isQueued: true, storesLate: true });
    expect(site.document('9001')?.patientId).toBe(await site.mrnOf(retired));
    standIn.travel({});
    const night = await site.night.nightly();
    expect(found(night)).toContain('undelivered encounter 9001 overtaken');
    await site.expectRedoxIsTrue();
  });
});

describe('a run of confirm that dies', () => {
  it('has lost nothing, and nothing is counted twice', async () => {
    const site = await confirmingClinic();
    const { standIn, ledger } = site.night;
    const [one, other] = await site.somePatients();
    await site.clinic.renamePatient(one, 'Changed');
    await site.visit('9001', other);
    standIn.misbehave([inside('failed')]);
    await site.night.nightly();
    for (const nth of [1, 2, 3]) {
      standIn.misbehave([{ kind: 'delay', ms: 2_000, when: { endpoint: 'platform', nth } }]);
      const before = standIn.requests().platformRequests;
      const running = site.night.confirm();
      const death = expect(running).rejects.toThrow();
      await vi.waitFor(() => {
        expect(standIn.requests().platformRequests).toBe(before + nth);
      }, 60_000);
      await ledger.query('the end of the session that holds the lock', killHolder);
      await death;
    }
    standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${one} accepted`, 'VisitPush 9001 accepted']);
    const { rows } = await ledger.query('rejections', 'SELECT cardinality(dates) AS dates FROM rejection');
    expect(rows).toEqual([{ dates: 1 }, { dates: 1 }]);
    expect((await site.night.nightly()).posts).toBe(0);
    await site.expectRedoxIsTrue();
  });
});

const killHolder = `
  SELECT pg_terminate_backend(pid)
  FROM pg_locks
  WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
