import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found } from '../support/clinic-night.ts';
import { callDoctor } from '../support/doctor-site.ts';
import { uncountedColumns } from './counted-columns.ts';
import { initialised } from './initialised.ts';
import { postgresClinic, shipped } from './postgres-clinic.ts';
import { tamanuContent, tamanuMerge, tamanuRows, tamanuTables } from './tamanu-clinic.ts';
import { fetchPage } from '../support/ehr-site.ts';

const contract = shipped('tamanu');

describe("Tamanu's contract", () => {
  let clinic: Awaited<ReturnType<typeof postgresClinic>>;
  beforeAll(async () => {
    clinic = await postgresClinic(contract, tamanuTables, tamanuRows);
  });
  afterAll(() => clinic.close());

  it('is copied by init, and the doctor finds each row by its key', async () => {
    const { lines } = await callDoctor(await initialised('tamanu', clinic.night.environment));
    expect(lines('fault')).toEqual([]);
    expect(lines('ok').filter((line) => line.startsWith('by key'))).toHaveLength(2);
    expect(lines('warning').filter((line) => /^(?:types|session zone|reach|updated_at|sample)/.test(line))).toEqual([]);
  });

  it('gives patients and the content of visits', async () => {
    const { patients, encounters, sections } = await fetchPage(
      clinic.ehr,
      ['1-a', '2-b', '4-d'],
      ['e-1', 'e-2', 'e-3', 'e-5'],
    );
    expect(patients.get('1-a')?.[0]?.row).toMatchObject({
      mrn: 'T-1',
      first_name: 'Ana',
      birth_date: '1980-02-29',
      city: 'Nadi',
      contact_last_name: 'Mary Lopez',
      deceased: 'f',
    });
    // Deleted, and not merged.
    expect(patients.has('4-d')).toBe(false);
    expect(encounters.get('e-1')?.[0]?.row).toMatchObject({
      class: 'outpatient',
      status: 'finished',
      started_at: '2026-02-10 09:00:00',
      facility_name: 'Great Clinic',
      provider_last_name: 'Grace Mwangi',
    });
    expect(encounters.get('e-2')?.[0]?.row).toMatchObject({ class: 'inpatient', discharge_disposition: 'Home' });
    expect(encounters.get('e-3')?.[0]?.row).toMatchObject({ class: 'emergency', status: 'open' });
    expect(encounters.has('e-5')).toBe(false);
    expect(sections.get('e-1')).toMatchObject({
      allergies: [{ substance_name: 'Penicillin', reaction_name: 'Rash' }],
      problems: [{ code: 'I10', code_system: 'ICD-10 WHO', status: 'active' }],
      assessment: [{ code: 'I10', text: 'Hypertension' }],
      family_history: [{ relative_name: 'mother', code: 'B54' }],
      plan_of_care: [{ name: 'Heart plan' }],
      medications: [{ name: 'Lisinopril 10 mg', dose: '10', dose_units: 'mg', sig: 'Daily', route_name: 'oral' }],
      immunizations: [{ name: 'Flu', lot_number: 'L-1', status: 'completed' }],
      procedures: [{ code: '44950', code_system: 'CPT', status: 'completed' }],
      results: [{ panel_name: 'Chemistry', name: 'Glucose', value: '95', reference_low: '70', status: 'final' }],
      vital_signs: [{ code: '8480-6', value: '120', units: 'mm[Hg]' }],
      notes: [{ text: 'Feels well.' }, { title: 'xRay', text: 'Clear lungs.' }],
    });
    expect(sections.get('e-2')).toMatchObject({ discharge_diagnosis: [{ code: 'B54', name: 'Malaria' }] });
  });

  it("counts in a visit's version every column that a section sends", async () => {
    expect(await uncountedColumns(clinic, contract, tamanuContent, ['e-1', 'e-2'])).toEqual([]);
  });

  it('takes a clinic to Redox, and is quiet the night after', async () => {
    expect((await clinic.night.nightly({ allowLargeChange: true })).taken).toEqual({ NewPatient: 3, VisitPush: 3 });
    expect((await clinic.night.nightly()).taken).toEqual({});
  });

  it('makes of a merge whose patient was deleted a PatientMerge', async () => {
    await clinic.sql(tamanuMerge);
    const merged = await clinic.night.nightly();
    expect([merged.taken['PatientMerge'], found(merged)]).toEqual([1, expect.arrayContaining(['merged merge 3-c'])]);
    expect(found(merged).filter((line) => line.startsWith('gone'))).toEqual([]);
    expect((await clinic.night.nightly()).posts).toBe(0);
  });

  it('sees a corrected result, and a visit that was deleted', async () => {
    await clinic.sql("UPDATE lab_tests SET result = '96', updated_at = now() WHERE id = '1'");
    await clinic.sql("UPDATE encounters SET deleted_at = now(), updated_at = now() WHERE id = 'e-2'");
    const run = await clinic.night.nightly();
    expect(run.taken).toEqual({ VisitPush: 1 });
    expect(found(run)).toEqual(['cancelled_after_push encounter e-2', 'changed encounter e-1']);
  });
});
