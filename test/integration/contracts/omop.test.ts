import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found } from '../support/clinic-night.ts';
import { callDoctor } from '../support/doctor-site.ts';
import { initialised } from './initialised.ts';
import { identityTable, omopRows, omopTables } from './omop-warehouse.ts';
import { postgresClinic, shipped } from './postgres-clinic.ts';
import { fetchPage } from '../support/ehr-site.ts';

const contract = shipped('omop');

describe("OMOP's contract", () => {
  let clinic: Awaited<ReturnType<typeof postgresClinic>>;
  beforeAll(async () => {
    clinic = await postgresClinic(contract, omopTables, identityTable, omopRows);
  });
  afterAll(() => clinic.close());

  it('is copied by init, and the doctor finds each row by its key', async () => {
    const { lines } = await callDoctor(await initialised('omop', clinic.night.environment));
    expect(lines('fault')).toEqual([]);
    expect(lines('ok').filter((line) => line.startsWith('by key'))).toHaveLength(2);
    expect(lines('warning').filter((line) => /^(?:types|session zone|reach|sample)/.test(line))).toEqual([]);
  });

  it('gives persons with an identity, and the content of visits', async () => {
    const { patients, encounters, sections } = await fetchPage(
      clinic.ehr,
      ['1', '2', '3'],
      ['101', '102', '103', '104'],
    );
    expect(patients.get('1')?.[0]?.row).toMatchObject({
      mrn: 'W-1',
      last_name: 'Lopez',
      birth_date: '1980-02-29',
      sex: 'F',
      race: 'White',
      street_address: '1 Elm St, Apt 2',
    });
    expect(patients.get('2')?.[0]?.row).toMatchObject({ deceased: 't', deceased_at: '2026-02-14' });
    // Midnight of its own day stands for a day without a time. Two rows of a death are one person, and who has no name has no visits.
    expect(patients.get('2')).toHaveLength(1);
    expect([patients.has('3'), encounters.has('104')]).toEqual([false, false]);
    const rows = ['101', '102', '103'].map((id) => encounters.get(id)?.[0]?.row);
    expect(rows.map((row) => [row?.class, row?.status, row?.started_at, row?.ended_at])).toEqual([
      ['outpatient', 'finished', '2026-02-10 09:00:00', '2026-02-10 10:00:00'],
      ['inpatient', 'finished', '2026-02-11', '2026-02-14'],
      ['inpatient', 'open', '2026-02-20', null],
    ]);
    expect(sections.get('101')).toMatchObject({
      problems: [{ code: '59621000', code_system: 'SNOMED', alt_code: 'I10', alt_code_system: 'ICD-10-CM' }],
      medications: [{ code: '314076', code_system: 'RxNorm', sig: 'once a day', route_name: 'Oral' }],
      immunizations: [{ code: '140', code_system: 'CVX', lot_number: 'L-1' }],
      vital_signs: [{ code: '8480-6', value: '120', units: 'mm[Hg]', observed_at: '2026-02-10 09:10:00' }],
      results: [{ code: '2345-7', value: '<95', units: 'mg/dL', reference_low: '70', observed_at: '2026-02-10' }],
      medical_equipment: [{ name: 'Walking frame' }],
      notes: [{ title: 'Progress', text: 'Feels well.', written_at: '2026-02-10' }],
      insurances: [{ company_name: 'Medicare', plan_name: 'Part B' }],
    });
    expect(sections.get('102')).toMatchObject({
      problems: [{ name: 'local fever' }],
      procedures: [{ code: '80146002', name: 'Appendectomy', performed_at: '2026-02-11' }],
    });
  });

  it('takes a warehouse to Redox, is quiet, and sees a corrected measurement', async () => {
    expect((await clinic.night.nightly({ allowLargeChange: true })).taken).toEqual({ NewPatient: 2, VisitPush: 2 });
    expect((await clinic.night.nightly()).taken).toEqual({});
    await clinic.sql('UPDATE measurement SET value_as_number = 96 WHERE measurement_id = 2');
    const run = await clinic.night.nightly();
    expect([run.taken, found(run)]).toEqual([{ VisitPush: 1 }, ['changed encounter 101']]);
  });

  it('ends with a sentence where no table has the names', async () => {
    await clinic.sql('ALTER TABLE person_identity RENAME TO elsewhere');
    await expect(clinic.night.nightly()).rejects.toThrow(
      /patients\.sql, line \d+, was refused: .*person_identity.*; person has no names: make a table person_identity \(person_id/,
    );
    const { exitCode, lines } = await callDoctor(await initialised('omop', clinic.night.environment));
    expect(exitCode).toBe(64);
    expect(lines('fault')).toContainEqual(
      expect.stringMatching(/person_identity.* does not exist.*person has no names: make a table person_identity/),
    );
    await clinic.sql('ALTER TABLE elsewhere RENAME TO person_identity');
  });
});
