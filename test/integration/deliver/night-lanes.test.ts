import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { calls, type ClinicNight, nameOf, syncedClinic, tinyClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';

/** How persons are told: one call after the other, whatever their number, from rows as they are by then. */

const large = '9000000';
/** More than fit on the page in which rows are fetched. */
const visitCount = 600;

/** A told clinic with one more patient, who has been there very often. */
async function clinicWithFrequentPatient(): Promise<ClinicNight> {
  const site = await syncedClinic();
  await site.register(large, 'PL-LARGE');
  await site.sql(
    `INSERT INTO clinic.visit (visit_id, person_id, department_id, state, began_at, ended_at, note_version, changed_at)
     SELECT 100000 + number, $1, 101, 'DONE', '2026-02-27 09:00', '2026-02-27 09:30', 1, now()
     FROM generate_series(1, $2) AS number`,
    [large, String(visitCount)],
  );
  return site;
}

const stateCounts = (run: NightResult): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of run.csv('calls')) {
    const state = [row['event_type'], row['kind'], row['reason']].filter((word) => word !== '').join(' ');
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
};

it('holds back every visit of a refused patient', async () => {
  const site = await clinicWithFrequentPatient();
  site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'NewPatient' } }]);
  const night = await site.night.nightly({ allowLargeChange: true });
  expect(stateCounts(night)).toEqual({
    'NewPatient rejected http_400': 1,
    'VisitPush blocked new_patient_failed': visitCount,
  });
  expect(night.posts).toBe(1);
});

it('pushes no visit that a merge has moved', async () => {
  const site = await clinicWithFrequentPatient();
  await site.night.nightly({ allowLargeChange: true });
  const [survivor] = await site.somePatients();
  await site.clinic.mergePatients(large, survivor);
  const night = await site.night.nightly({ allowLargeChange: true });
  expect(stateCounts(night)).toEqual({ 'PatientMerge accepted': 1, 'VisitPush unneeded': visitCount });
  await site.expectRedoxIsTrue();
});

it('sends rows as they are now, and postpones what left the plan', async () => {
  const site = await syncedClinic();
  const [patient, another, changed] = await site.somePatients();
  await site.clinic.renamePatient(changed, 'Scanned');
  for (const visit of ['71', '72', '73', '74']) await site.visit(visit, patient);
  const night = await betweenScanAndPlan(site, async () => {
    await site.clinic.renamePatient(changed, 'Fetched');
    await site.sql('DELETE FROM clinic.visit WHERE visit_id = 71');
    await site.clinic.cancelVisit('72');
    await site.clinic.moveVisit('73', another);
    await site.sql("UPDATE clinic.visit SET billing_name = 'Fetched' WHERE visit_id = 74");
  });
  expect(calls(night)).toEqual([
    'VisitPush 71 superseded row_gone',
    'VisitPush 72 superseded not_finished',
    'VisitPush 73 superseded visit_moved',
    'VisitPush 74 accepted',
    `PatientUpdate ${changed} accepted`,
  ]);
  expect(JSON.stringify(site.document('74')?.message)).toContain('Fetched');
  expect(nameOf((await site.stored(changed))?.demographics)).toBe('Fetched');

  expect(calls(await site.night.nightly())).toEqual(['VisitPush 73 accepted']);
  await site.expectRedoxIsTrue();
});

it('sends a new patient only under the MRN that the plan has checked', async () => {
  const site = await syncedClinic();
  await site.register('7', 'PL-PLANNED');
  await site.visit('70', '7');
  const night = await betweenScanAndPlan(site, async () => {
    await site.sql("UPDATE clinic.person SET mrn = 'PL-FETCHED' WHERE person_id = 7");
  });
  expect(calls(night)).toEqual(['NewPatient 7 superseded mrn_changed', 'VisitPush 70 blocked new_patient_failed']);
  expect(night.posts).toBe(0);

  expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
  await site.expectRedoxIsTrue();
});

/** Runs a night and does something when it has scanned: a lock on the ledger's calls lets it write none. */
async function betweenScanAndPlan({ night }: ClinicNight, work: () => Promise<void>): Promise<NightResult> {
  const logged = night.logged().length;
  const { running } = await night.ledger.transaction(async () => {
    await night.ledger.query('a lock', 'LOCK TABLE call IN SHARE MODE');
    const running = night.nightly();
    while (!/step_finished.*scan/.test(night.logged().slice(logged))) await sleep(5);
    await work();
    return { running };
  });
  return running;
}

it("sends a person's events in order, each after the previous answer", async () => {
  const site = await syncedClinic();
  const [retired, survivor] = await site.somePatients();
  await site.clinic.renamePatient(survivor, 'Changed');
  await site.sql(
    'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())',
    [retired, survivor],
  );
  await site.visit('70', retired);
  await site.visit('71', survivor);
  const rows = (await site.night.nightly()).csv('calls');
  expect(rows.map(({ event_type }) => event_type)).toEqual(['PatientUpdate', 'PatientMerge', 'VisitPush', 'VisitPush']);
  expect(new Set(rows.map(({ person }) => person)).size).toBe(1);
  const answered = rows.map(({ finished_at }) => Date.parse(finished_at ?? ''));
  for (const [at, { sending_at = '' }] of rows.slice(1).entries()) {
    expect(Date.parse(sending_at)).toBeGreaterThanOrEqual(answered[at] ?? NaN);
  }
});

it('keeps at most CONCURRENCY calls in flight', async () => {
  const site = await tinyClinic({ CONCURRENCY: '3' });
  site.night.standIn.misbehave([{ kind: 'delay', ms: 5 }]);
  await site.night.nightly();
  expect(site.night.standIn.requests().maxInFlight).toBe(3);
});
