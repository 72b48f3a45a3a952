import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEhr } from '../../../src/ehr/ehr.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { found } from '../support/clinic-night.ts';
import { callDoctor } from '../support/doctor-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';
import { type Night, openNight } from '../support/night.ts';
import { uncountedColumns } from './counted-columns.ts';
import { initialised } from './initialised.ts';
import { openemrMerge, openemrRows, openemrTables } from './openemr-clinic.ts';
import { fetchPage } from '../support/ehr-site.ts';

const contract = join(packageRoot, 'sql/ehr/openemr');

/** A clinic of its own. */
async function openClinic(): Promise<{ readonly site: MysqlSite; readonly night: Night; close(): Promise<void> }> {
  const site = await mysqlSite();
  await site.sql(openemrTables);
  await site.sql(openemrRows);
  const night = await openNight({ ehr: { kind: 'mysql', url: site.url, contract } });
  const close = async (): Promise<void> => {
    await night.close();
    await site.drop();
  };
  return { site, night, close };
}

describe.skipIf(mariadbd === null)("OpenEMR's contract", () => {
  let clinic: Awaited<ReturnType<typeof openClinic>>;
  beforeAll(async () => {
    clinic = await openClinic();
  });
  afterAll(() => clinic.close());

  test('is copied by init, and the doctor finds each row by its key', async () => {
    const { lines } = await callDoctor(await initialised('openemr', clinic.night.environment));
    expect(lines('fault')).toEqual([]);
    expect(lines('ok').filter((line) => line.startsWith('by key'))).toEqual([
      'by key patients.sql finds the patient of the sample, the same to the byte.',
      'by key encounters_by_id.sql finds the encounter of the sample, the same to the byte.',
    ]);
    expect(lines('warning').filter((line) => /^(?:types|session zone|reach|updated_at)/.test(line))).toEqual([]);
  });

  test('gives patients and the content of visits', async () => {
    const ehr = await openEhr({
      url: clinic.site.url,
      searchPath: null,
      contractFolder: contract,
      timeZone: 'America/Chicago',
      clockLimit: null,
    });
    onTestFinished(() => ehr.close());
    const { patients, encounters, sections } = await fetchPage(ehr, ['1', '2', '3'], ['1001', '1002', '1003']);
    expect(patients.get('1')?.[0]?.row).toMatchObject({
      mrn: 'A-1',
      first_name: 'Ana',
      street_address: '1 Elm St, Apt 2',
      deceased: 'f',
    });
    expect(patients.get('2')?.[0]?.row).toMatchObject({ mrn: '2', deceased: 'f', deceased_at: null });
    expect(patients.get('3')?.[0]?.row).toMatchObject({ sex: 'Unknown', birth_date: '0000-00-00', deceased: 't' });
    const states = ['1001', '1002', '1003'].map((id) => {
      const row = encounters.get(id)?.[0]?.row;
      return [row?.class, row?.status];
    });
    expect(states).toEqual([
      ['outpatient', 'finished'],
      ['inpatient', 'open'],
      ['emergency', 'finished'],
    ]);
    // Redox reads the clock of the EHR's server as an instant, and the times of visits as those on the wall.
    expect(encounters.get('1001')?.[0]?.row.started_at).toBe('2026-02-10 09:00:00');
    expect(sections.get('1001')).toMatchObject({
      vital_signs: expect.arrayContaining([expect.objectContaining({ code: '8480-6', value: '120' })]) as unknown,
      problems: [{ code: 'I10', code_system: 'ICD-10-CM', name: 'Hypertension', status: 'active' }],
      allergies: [{ substance_name: 'Penicillin', severity: 'mild', reaction_name: 'Rash' }],
      medications: [{ code: '314076', code_system: 'RxNorm', name: 'Lisinopril 10 MG', sig: '1 tablet oral' }],
      immunizations: [
        { code: '140', code_system: 'CVX', status: 'completed', lot_number: 'L-1' },
        { code: '33', status: 'not done', reason_not_given: 'parental decision' },
      ],
      results: [{ code: '2345-7', code_system: 'LOINC', value: '95', units: 'mg/dL' }],
      notes: expect.arrayContaining([expect.objectContaining({ kind: 'note', text: 'Cold.\nRest.' })]) as unknown,
    });
    expect(sections.get('1001')?.vital_signs).toHaveLength(3);
    expect(sections.get('1001')?.notes).toHaveLength(2);
  });

  test("counts in a visit's version every column that a section sends", async () => {
    const tables = [
      'form_vitals',
      'form_soap',
      'lists',
      'prescriptions',
      'immunizations',
      'procedure_order',
      'procedure_result',
    ];
    expect(await uncountedColumns(clinic.site, contract, tables, ['1001'])).toEqual([]);
  });

  test('takes a clinic to Redox, lists the zero date, and is quiet the night after', async () => {
    const first = await clinic.night.nightly({ allowLargeChange: true });
    expect(first.taken).toEqual({ NewPatient: 3, VisitPush: 2 });
    const lines = first.csv('data-quality').filter(({ column_name: column }) => column === 'birth_date');
    expect(lines.map(({ entity_id, kind }) => [entity_id, kind])).toEqual([
      ['3', 'filler_date'],
      ['3', 'filler_match_key'],
    ]);
    expect((await clinic.night.nightly()).taken).toEqual({});
  });

  test('makes of a merge that its log has a PatientMerge', async () => {
    await clinic.site.sql(openemrMerge(true));
    const merged = await clinic.night.nightly();
    expect(merged.taken['PatientMerge']).toBe(1);
    expect(found(merged)).toContain('merged merge 3');
    expect((await clinic.night.nightly()).posts).toBe(0);
  });

  test('makes of a merge without a trace a patient who is gone, and a moved visit', async () => {
    const own = await openClinic();
    onTestFinished(() => own.close());
    const { site, night } = own;
    await night.nightly({ allowLargeChange: true });
    await site.sql(openemrMerge(false));
    const run = await night.nightly();
    expect(run.taken).toEqual({ VisitPush: 1 });
    expect(found(run)).toEqual(['gone patient 3', 'silent_change encounter 1003']);
  });
});
