import { expect, it } from 'vitest';
import { calls, found, nameOf, openActions, syncedClinic, unsyncedClinic } from '../support/clinic-night.ts';

/** What the night makes of rows that are new, changed or not due yet. */

it('sends a whole clinic in the first night, nothing in the second', async () => {
  const site = await unsyncedClinic();
  const first = await site.night.nightly();
  expect(first.exitCode).toBe(0);
  await site.expectRedoxIsTrue();

  const second = await site.night.nightly();
  expect(second.posts).toBe(0);
  expect(found(second)).toEqual([]);
  expect(second.exitCode).toBe(0);
});

it('sends a changed name as one PatientUpdate, and no documents', async () => {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Changed');
  const night = await site.night.nightly();
  expect(night.taken).toEqual({ PatientUpdate: 1 });
  expect(found(night)).toEqual([`changed patient ${patient}`]);
  expect(night.csv('discrepancies')[0]?.['changed_groups']).toBe('name');
  expect(nameOf((await site.stored(patient))?.demographics)).toBe('Changed');
  await site.expectRedoxIsTrue();
});

it('sends nothing for a change outside the message, and settles it', async () => {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  await site.clinic.changePhone(patient, '(217) 555-0142');
  await site.night.nightly();
  await site.clinic.changePhone(patient, '+1 217.555.0142');
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(calls(night)).toEqual([`PatientUpdate ${patient} unneeded`]);
  expect(found(await site.night.nightly())).toEqual([]);
});

it("sends a new patient before the patient's visits", async () => {
  const site = await syncedClinic();
  await site.register('7', 'PL-NEW');
  await site.visit('70', '7');
  await site.visit('71', '7');
  const night = await site.night.nightly();
  expect(calls(night)).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted', 'VisitPush 71 accepted']);
  await site.expectRedoxIsTrue();
});

it('sends unfinished visits once they are finished', async () => {
  const site = await unsyncedClinic();
  await site.sql("DELETE FROM clinic.visit WHERE state <> 'DONE'");
  await site.night.nightly();
  const [patient] = await site.somePatients();
  await site.visit('70', patient);
  await site.sql("UPDATE clinic.visit SET state = 'ARRIVED', ended_at = NULL WHERE visit_id = 70");
  const waiting = await site.night.nightly();
  expect(waiting.posts).toBe(0);
  expect(waiting.summary.encounters).toMatchObject({ not_due: 1, due: 0 });

  await site.clinic.discharge('70', '2026-02-27 10:00', '01');
  const night = await site.night.nightly();
  expect(calls(night)).toEqual(['VisitPush 70 accepted']);
  await site.expectRedoxIsTrue();
});

it('reports a visit cancelled after its push, and leaves its document', async () => {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  await site.clinic.cancelVisit(visit);
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(found(night)).toEqual([`cancelled_after_push encounter ${visit}`]);
  expect(night.exitCode).toBe(2);
  expect(site.document(visit)?.versionCount).toBe(1);
});

it('omits a visit that was cancelled before its first push', async () => {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  await site.visit('70', patient);
  await site.clinic.cancelVisit('70');
  expect(found(await site.night.nightly())).toEqual([]);
});

it('pushes a visit again under the right patient after a correction', async () => {
  const site = await syncedClinic();
  const [wrong, right] = await site.somePatients();
  const [visit] = await site.visitsOf(wrong);
  await site.clinic.moveVisit(visit, right);
  const night = await site.night.nightly();
  expect(calls(night)).toEqual([`VisitPush ${visit} accepted`]);
  expect(await site.documentsOf(right)).toContain(visit);
  await site.expectRedoxIsTrue();
});

it('reports a changed row under an old updated_at as missed', async () => {
  const site = await syncedClinic();
  const [silent, loud] = await site.somePatients();
  await site.clinic.renamePatient(silent, 'Silent', { silent: true });
  await site.clinic.renamePatient(loud, 'Loud');
  const night = await site.night.nightly();
  expect(found(night)).toEqual([`changed patient ${loud}`, `silent_change patient ${silent}`]);
  expect(night.summary.watermark.missed).toBe(1);
  expect(night.taken).toEqual({ PatientUpdate: 2 });
  await site.expectRedoxIsTrue();
});

it('reports once what vanished, and sends nothing for it', async () => {
  const site = await syncedClinic();
  const [patient, another] = await site.somePatients();
  const documents = await site.documentsOf(patient);
  const [visit] = await site.visitsOf(another);
  await site.clinic.deletePatient(patient);
  await site.sql('DELETE FROM clinic.visit WHERE visit_id = $1', [visit]);
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(found(night)).toEqual([`gone encounter ${visit}`, `gone patient ${patient}`]);
  expect(night.summary).toMatchObject({ patients: { gone: 1 }, encounters: { gone: 1 } });
  expect(night.exitCode).toBe(2);
  for (const document of documents) expect(site.document(document)).toBeDefined();

  const next = await site.night.nightly();
  expect(next.posts).toBe(0);
  expect(next.exitCode).toBe(0);
});

it('reports a visit without its patient, and pushes it when the patient comes', async () => {
  const site = await syncedClinic();
  await site.visit('70', '7');
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(found(night)).toEqual(['orphan encounter 70 missing_patient']);
  expect(openActions(night)).toEqual(['orphan encounter 70 missing_patient']);
  expect(night.exitCode).toBe(2);

  await site.register('7', 'PL-NEW');
  expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
});
