import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ehr, openEhr } from '../../../src/ehr/ehr.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { found } from '../support/clinic-night.ts';
import { callDoctor } from '../support/doctor-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';
import { type Night, openNight } from '../support/night.ts';
import { uncountedColumns } from './counted-columns.ts';
import { initialised } from './initialised.ts';
import { openmrsMerge, openmrsRows, openmrsTables } from './openmrs-clinic.ts';
import { fetchPage } from '../support/ehr-site.ts';

const contract = join(packageRoot, 'sql/ehr/openmrs');

describe.skipIf(mariadbd === null)("OpenMRS's contract", () => {
  let site: MysqlSite;
  let night: Night;
  let ehr: Ehr;
  beforeAll(async () => {
    site = await mysqlSite();
    await site.sql(openmrsTables);
    await site.sql(openmrsRows);
    night = await openNight({ ehr: { kind: 'mysql', url: site.url, contract } });
    ehr = await openEhr({
      url: site.url,
      searchPath: null,
      contractFolder: contract,
      timeZone: 'America/Chicago',
      clockLimit: null,
    });
  });
  afterAll(async () => {
    await ehr.close();
    await night.close();
    await site.drop();
  });

  test('is copied by init, and the doctor finds each row by its key', async () => {
    const { lines } = await callDoctor(await initialised('openmrs', night.environment));
    expect(lines('fault')).toEqual([]);
    expect(lines('ok').filter((line) => line.startsWith('by key'))).toEqual([
      'by key patients_by_id.sql finds the patient of the sample, the same to the byte.',
      'by key encounters_by_id.sql finds the encounter of the sample, the same to the byte.',
    ]);
    expect(lines('warning').filter((line) => /^(?:types|session zone|reach|updated_at|sample)/.test(line))).toEqual([]);
  });

  test('gives names, addresses and identifiers by preference', async () => {
    const rows = await ehr.fetch('patient', ['1', '2', '4', '5', '6']);
    const [first] = rows.get('1') ?? [];
    expect(first?.row).toMatchObject({
      mrn: 'BAH200001',
      first_name: 'Amara',
      middle_name: 'Ngozi',
      last_name: 'Okafor',
      birth_date: '1980-02-29',
      street_address: '1 Elm St',
      mobile_phone: '608-555-0101',
      deceased: 'f',
    });
    expect(rows.get('2')?.[0]?.row.street_address).toBe('2 Oak St, Apt 3');
    expect(rows.get('4')?.[0]?.row).toMatchObject({ mrn: 'BAH200004', first_name: 'Dan' });
    // Voided, and not merged.
    expect(rows.has('5')).toBe(false);
    // The only identifier was a mistake.
    expect(rows.get('6')?.[0]?.row).toMatchObject({ mrn: null, first_name: 'Eve' });
  });

  test('gives the content of visits', async () => {
    const { encounters, sections } = await fetchPage(ehr, [], ['11', '12']);
    expect(encounters.get('11')?.[0]?.row).toMatchObject({
      status: 'finished',
      class: 'outpatient',
      facility_name: 'Ganiyari',
      provider_id: 'MD-3',
      provider_last_name: 'Mwangi',
    });
    expect(encounters.get('12')?.[0]?.row.class).toBe('inpatient');
    expect(sections.get('11')).toMatchObject({
      vital_signs: [{ code: '8867-4', name: 'Pulse', value: '72', units: '/min' }],
      results: [{ code: '718-7', code_system: 'LOINC', name: 'Haemoglobin', value: '11.5', reference_low: '12' }],
      allergies: [
        { substance_code: '7980', substance_code_system: 'RxNorm', severity: 'Severe', reaction_name: 'Rash' },
        { substance_code: '7980', substance_code_system: 'RxNorm', severity: 'Severe', reaction_name: 'Hives' },
      ],
    });
    expect(sections.get('12')).toMatchObject({
      problems: [{ code: '61462000', code_system: 'SNOMED CT', name: 'Malaria', comment: 'confirmed' }],
      medications: [{ code: '7980', name: 'Penicillin V 250 mg', dose: '1', dose_units: 'Tablet', sig: 'after meals' }],
    });
  });

  test("counts in a visit's version every column that a section sends", async () => {
    const tables = ['obs', 'orders', 'drug_order', 'encounter_diagnosis', 'allergy', 'allergy_reaction'];
    expect(await uncountedColumns(site, contract, tables, ['11', '12'])).toEqual([]);
  });

  test('takes a clinic to Redox, and is quiet the night after', async () => {
    const first = await night.nightly({ allowLargeChange: true });
    expect(first.taken).toEqual({ NewPatient: 5, VisitPush: 3 });
    expect((await night.nightly()).taken).toEqual({});
  });

  test('sends an allergy with two reactions as one', () => {
    const messages = [...night.standIn.state().documents.values()].map(({ message }) => message);
    expect(messages).toContainEqual(
      expect.objectContaining({
        Allergies: [expect.objectContaining({ Reaction: [{ Name: 'Hives' }, { Name: 'Rash' }] })],
      }),
    );
  });

  test('makes of a merge a PatientMerge', async () => {
    await site.sql(openmrsMerge);
    const merged = await night.nightly();
    expect([merged.taken['PatientMerge'], found(merged)]).toEqual([1, expect.arrayContaining(['merged merge 4'])]);
    expect(found(merged).filter((line) => line.startsWith('gone'))).toEqual([]);
    expect((await night.nightly()).posts).toBe(0);
    // The merge voided it, and an earlier one was a mistake.
    expect((await ehr.fetch('patient', ['4'])).get('4')?.[0]?.row.mrn).toBe('BAH200004');
  });

  test('sees an observation that was corrected, and a visit that was voided', async () => {
    await site.sql(
      "UPDATE obs SET voided = 1, date_voided = NOW() WHERE obs_id = 32; INSERT INTO obs (obs_id, person_id, concept_id, encounter_id, obs_datetime, value_numeric, date_created) VALUES (34, 1, 101, 21, '2026-02-10 09:30:00', 12.5, NOW())",
    );
    await site.sql('UPDATE visit SET voided = 1, date_voided = NOW() WHERE visit_id = 12');
    const run = await night.nightly();
    expect(run.taken).toEqual({ VisitPush: 1 });
    expect(found(run)).toEqual(['cancelled_after_push encounter 12', 'changed encounter 11']);
  });
});
