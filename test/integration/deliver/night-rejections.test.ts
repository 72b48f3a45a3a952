import { expect, it } from 'vitest';
import { calls, type ClinicNight, openActions, syncedClinic } from '../support/clinic-night.ts';
import type { NightChoices } from '../support/night.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/** What the nights make of a row that Redox refuses again and again. */

/** Noon in Chicago, so many days after the first of March. */
const on = (day: number, hour = 0): Pick<NightChoices, 'now'> => ({
  now: () => new Date(Date.UTC(2026, 2, 1 + day, 18 + hour)),
});

/** Moves the dates of all refusals to other days of March. */
const datesAre = ({ night }: ClinicNight, ...dates: readonly string[]): Promise<unknown> =>
  night.ledger.query('other dates', 'UPDATE rejection SET dates = $1::date[]', [dates]);

/** A told clinic with a changed patient whom Redox refuses; a night refused them. */
async function refused(): Promise<{ site: ClinicNight; patient: string }> {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Changed');
  site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'PatientUpdate' } }]);
  expect(calls(await site.night.nightly(on(1)))).toEqual([`PatientUpdate ${patient} rejected http_400`]);
  return { site, patient };
}

it('holds a rejected row after three dates until it changes, then counts from zero', async () => {
  const { site, patient } = await refused();
  expect(calls(await site.night.nightly(on(2)))).toEqual([`PatientUpdate ${patient} rejected http_400`]);
  const third = await site.night.nightly(on(3));
  expect(third.csv('open-actions')).toMatchObject([{ kind: 'rejected', rejected_dates: '3', is_new: 'false' }]);
  const [{ open_since: since } = {}] = third.csv('open-actions');

  const fourth = await site.night.nightly(on(4));
  expect(fourth.posts).toBe(0);
  expect(fourth.summary.patients).toMatchObject({ held: 1, due: 0 });
  expect(fourth.csv('open-actions')).toMatchObject([
    { kind: 'held', entity_id: patient, reason: 'rejected', rejected_dates: '3', open_since: since, needs: 'person' },
  ]);
  expect(fourth.exitCode).toBe(2);
  const fifth = await site.night.nightly(on(5));
  expect([fifth.posts, fifth.exitCode]).toEqual([0, 0]);
  expect(openActions(fifth)).toEqual([`held patient ${patient} rejected`]);

  await site.clinic.renamePatient(patient, 'Again');
  const sixth = await site.night.nightly(on(6));
  expect(sixth.csv('open-actions')).toMatchObject([{ kind: 'rejected', rejected_dates: '1' }]);
});

it("counts a date once, the site's and not the clock's", async () => {
  const site = await syncedClinic({ SITE_TIME_ZONE: 'America/Chicago' });
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Changed');
  site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
  // Half past eleven at night on the first of March in Chicago, and half an hour and an hour after.
  const late = Date.UTC(2026, 2, 2, 5, 30);
  const dates: (string | undefined)[] = [];
  for (const minutes of [-60, 0, 31]) {
    const night = await site.night.nightly({ now: () => new Date(late + minutes * 60_000) });
    dates.push(night.csv('open-actions')[0]?.['rejected_dates']);
  }
  expect(dates).toEqual(['1', '1', '2']);
});

it('restarts the count when Redox accepts in between', async () => {
  const { site, patient } = await refused();
  await datesAre(site, '2026-03-01', '2026-03-02');
  site.night.standIn.misbehave([]);
  expect(calls(await site.night.nightly(on(3)))).toEqual([`PatientUpdate ${patient} accepted`]);
  await site.expectRedoxIsTrue();
  await site.clinic.renamePatient(patient, 'Again');
  await site.night.nightly(on(4));
  await site.clinic.renamePatient(patient, 'Changed');
  site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
  const night = await site.night.nightly(on(5));
  expect(night.csv('open-actions')).toMatchObject([{ kind: 'rejected', rejected_dates: '1' }]);
});

it('sends a held row by resend --held and rerun --only alone', async () => {
  const { site, patient } = await refused();
  await datesAre(site, '2026-03-02', '2026-03-03', '2026-03-04');
  expect(calls(await site.night.resend(on(4)))).toEqual([]);
  expect(calls(await site.night.resend({ includesHeld: true, ...on(4) }))).toEqual([
    `PatientUpdate ${patient} rejected http_400`,
  ]);
  site.night.standIn.misbehave([]);
  const listed = { kind: 'only', rows: () => one('patient', patient) } as const;
  expect(calls(await site.night.rerun(listed, on(5)))).toEqual([`PatientUpdate ${patient} accepted`]);
});

async function* one(entity: 'patient', id: string): AsyncGenerator<{ entity: 'patient'; id: string }> {
  yield await Promise.resolve({ entity, id });
}

it('holds a new patient with their visits, a visit and a merge until corrected', async () => {
  const site = await syncedClinic();
  const [patient, retired, survivor] = await site.somePatients();
  await site.register('7', 'PL-NEW');
  await site.visit('70', '7');
  await site.visit('71', patient);
  await site.clinic.mergePatients(retired, survivor);
  site.night.standIn.misbehave([
    { kind: 'status', status: 400, when: { eventType: 'NewPatient' } },
    { kind: 'status', status: 400, when: { documentId: `${documentOid}^71` } },
    { kind: 'status', status: 400, when: { eventType: 'PatientMerge' } },
  ]);
  await site.night.nightly(on(1));
  await datesAre(site, '2026-03-01', '2026-03-02');
  await site.night.nightly(on(3));
  const night = await site.night.nightly(on(4));
  expect(calls(night)).toEqual([]);
  expect(openActions(night)).toEqual([
    'held encounter 70 patient_held',
    'held encounter 71 rejected',
    `held merge ${retired} rejected`,
    'held patient 7 rejected',
  ]);
  const ofNextRun = night.csv('open-actions').filter(({ needs }) => needs === 'next_run');
  expect(ofNextRun.map(({ entity_id }) => entity_id)).toEqual(['70']);
  expect(night.summary.merges.held).toBe(1);

  site.night.standIn.misbehave([]);
  for (const corrected of ['7', patient, survivor]) await site.clinic.renamePatient(corrected, 'Corrected');
  expect(calls(await site.night.nightly(on(5)))).toEqual(
    expect.arrayContaining([
      'NewPatient 7 accepted',
      'VisitPush 70 accepted',
      `PatientUpdate ${patient} accepted`,
      'VisitPush 71 accepted',
      `PatientMerge ${retired} accepted`,
    ]),
  );
  await site.expectRedoxIsTrue();
});

it('ignores rejections that tripped the circuit breaker', async () => {
  const site = await syncedClinic();
  const patients = await site.patients();
  for (const patient of patients) await site.clinic.renamePatient(patient, 'Changed');
  site.night.standIn.misbehave([{ kind: 'status', status: 403 }]);
  for (const day of [1, 2]) {
    await expect(site.night.nightly(on(day))).rejects.toMatchObject({ exitCode: 69 });
  }
  expect(await site.night.ledger.run({ name: 'rejections', text: 'SELECT FROM rejection' })).toEqual([]);
  site.night.standIn.misbehave([]);
  const night = await site.night.nightly(on(5));
  expect(night.summary.patients.held).toBe(0);
  await site.expectRedoxIsTrue();
});

it('stops the delivery when the destination is not subscribed', async () => {
  const site = await syncedClinic();
  for (const patient of await site.patients()) await site.clinic.renamePatient(patient, 'Changed');
  const text = 'No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions';
  site.night.standIn.misbehave([
    { kind: 'status', status: 400, body: JSON.stringify({ message: text }), when: { every: 2 } },
    { kind: 'meta_errors', text },
  ]);
  await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 69 });
});
