import { expect, it } from 'vitest';
import { calls, found, nameOf, syncedClinic } from '../support/clinic-night.ts';

/** What the night makes of rows that cannot be used as they stand, and of identifiers that change. */

it('leaves out every row of a duplicate key, and sends the others', async () => {
  const site = await syncedClinic();
  const [twice, another] = await site.somePatients();
  const visits = await site.visitsOf(twice);
  await site.sql('ALTER TABLE clinic.person DROP CONSTRAINT person_pkey, DROP CONSTRAINT person_mrn_key');
  await site.sql('INSERT INTO clinic.person SELECT * FROM clinic.person WHERE person_id = $1', [twice]);
  await site.sql("UPDATE clinic.person SET family_name = 'Twice' || right(ctid::text, 4) WHERE person_id = $1", [
    twice,
  ]);
  await site.clinic.renamePatient(another, 'Once');
  for (const visit of visits)
    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed' WHERE visit_id = $1", [visit]);
  const night = await site.night.nightly();
  expect(calls(night)).toEqual([`PatientUpdate ${another} accepted`]);
  expect(found(night)).toEqual([
    `changed patient ${another}`,
    `duplicate_key patient ${twice}`,
    ...visits.map((visit) => `orphan encounter ${visit} duplicate_key`),
  ]);
  expect(night.summary.patients).toMatchObject({ invalid: 2, gone: 0 });
});

it('reports a row without a key, and sends the others', async () => {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  await site.sql('ALTER TABLE clinic.visit DROP CONSTRAINT visit_pkey');
  await site.sql('ALTER TABLE clinic.visit ALTER visit_id DROP NOT NULL');
  await site.visit('70', patient);
  await site.sql('UPDATE clinic.visit SET visit_id = NULL WHERE visit_id = $1', [visit]);
  const night = await site.night.nightly();
  expect(calls(night)).toEqual(['VisitPush 70 accepted']);
  expect(found(night)).toEqual([`gone encounter ${visit}`, 'invalid encounter missing_key', 'new encounter 70']);
  expect(night.summary.encounters.invalid).toBe(1);
});

it('holds both patients who share an MRN until it is mended', async () => {
  const site = await syncedClinic();
  await site.sql('ALTER TABLE clinic.person DROP CONSTRAINT person_mrn_key');
  await site.register('7', 'PL-SHARED');
  await site.register('8', 'PL-SHARED');
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(found(night)).toEqual(['invalid patient 7 shared_mrn', 'invalid patient 8 shared_mrn']);

  await site.sql("UPDATE clinic.person SET mrn = 'PL-OWN' WHERE person_id = 8");
  expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'NewPatient 8 accepted']);
  await site.expectRedoxIsTrue();
});

it('holds a patient under an MRN that Redox has for another', async () => {
  const site = await syncedClinic();
  const [owner] = await site.somePatients();
  const mrn = await site.mrnOf(owner);
  const name = nameOf((await site.stored(owner))?.demographics);
  await site.clinic.deletePatient(owner);
  await site.register('7', mrn);
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(found(night)).toEqual([`gone patient ${owner}`, 'invalid patient 7 shared_mrn']);
  expect(nameOf(site.night.standIn.state().patients.get(mrn)?.demographics)).toBe(name);
});

it('sends a changed MRN as NewPatient and a PatientMerge', async () => {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  const former = await site.mrnOf(patient);
  const documents = await site.documentsOf(patient);
  await site.sql("UPDATE clinic.person SET mrn = 'PL-CHANGED', changed_at = now() WHERE person_id = $1", [patient]);
  const night = await site.night.nightly();
  expect(calls(night)).toEqual([`NewPatient ${patient} accepted`, `PatientMerge ${patient} accepted`]);
  expect(site.night.standIn.state().patients.get(former)?.mergedInto).toBe('PL-CHANGED');
  expect(await site.documentsOf(patient)).toEqual(documents);
  await site.expectRedoxIsTrue();
  expect((await site.night.nightly()).posts).toBe(0);
});

it('refuses to send two patients who swapped their MRNs', async () => {
  const site = await syncedClinic();
  const [one, other] = await site.somePatients();
  const [first, second] = [await site.mrnOf(one), await site.mrnOf(other)];
  await site.sql("UPDATE clinic.person SET mrn = 'PL-BETWEEN' WHERE person_id = $1", [one]);
  await site.sql('UPDATE clinic.person SET mrn = $2 WHERE person_id = $1', [other, first]);
  await site.sql('UPDATE clinic.person SET mrn = $2 WHERE person_id = $1', [one, second]);
  const night = await site.night.nightly();
  expect(night.posts).toBe(0);
  expect(found(night)).toEqual([`invalid patient ${one} shared_mrn`, `invalid patient ${other} shared_mrn`]);
  expect(night.exitCode).toBe(2);
});
