import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { openNight } from '../support/night.ts';
import { codingOf, exportFolder, list, object, readExport, text } from './export-file.ts';
import { expectedRows } from './export-rows.ts';
import { type FhirSite, fhirSite, type OpenExport, usCore } from './fhir-site.ts';

let site: FhirSite;
beforeAll(async () => {
  site = await fhirSite();
});
afterAll(() => site.drop());

interface Export {
  readonly name: string;
  readonly patients: number;
  readonly encounters: number;
  readonly classes: Readonly<Record<string, number>>;
  /** Visits that are not pushed: open, or without any time. */
  readonly notPushed: number;
}

const exports: readonly Export[] = [
  {
    name: 'inferno-us-core',
    patients: 2,
    encounters: 189,
    classes: { outpatient: 176, emergency: 10, inpatient: 3 },
    notPushed: 0,
  },
  { name: 'us-core-examples', patients: 4, encounters: 3, classes: { inpatient: 2, outpatient: 1 }, notPushed: 2 },
  {
    name: 'synthea-smart-server',
    patients: 12,
    encounters: 107,
    classes: { outpatient: 98, emergency: 8, inpatient: 1 },
    notPushed: 0,
  },
  {
    name: 'synthea-10-bulk',
    patients: 13,
    encounters: 1215,
    classes: { outpatient: 1133, inpatient: 49, emergency: 23, home: 9, virtual: 1 },
    notPushed: 0,
  },
];

/** The column of a section that has its time; none of those whose time comes from several elements. */
const timeOf: Readonly<Record<string, string>> = {
  immunizations: 'given_at',
  procedures: 'performed_at',
  vital_signs: 'observed_at',
  allergies: 'started_at',
  problems: 'started_at',
  results: 'observed_at',
  social_history: 'started_at',
  goals: 'started_at',
  care_team: 'started_at',
};
/** The column that has its code, where that is not `code`. */
const codeOf: Readonly<Record<string, string>> = { allergies: 'substance_code', care_team: 'role_code' };

/** Each row that is wanted more often than it was told. */
function missingIn(told: readonly string[], wanted: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const row of told) left.set(row, (left.get(row) ?? 0) + 1);
  return wanted.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

async function sectionRows(open: OpenExport, section: string): Promise<string[]> {
  const rows = await open.section(section as 'problems');
  return rows
    .map((row) =>
      [row['encounter_id'], row[codeOf[section] ?? 'code'] ?? '', row[timeOf[section] ?? ''] ?? ''].join(' '),
    )
    .sort();
}

describe.each(exports)('the real export $name', ({ name, patients, encounters, classes }) => {
  const folder = exportFolder(name);

  it('has the patients, visits and clinical rows of its files', async ({ skip }) => {
    if (!existsSync(folder)) return skip(`${folder} is not here; this export was not tried`);
    const files = readExport(folder);
    const open = await site.open(await site.land(folder));
    expect(open.ehr.warnings).toEqual([]);
    expect(open.landing.findings).toEqual([]);

    const people = await open.patients();
    expect(people.size).toBe(patients);
    for (const one of files.all('Patient')) {
      const mr = list(one['identifier']).find((id) => text(codingOf(object(id, 'type')), 'code') === 'MR');
      const names = list(one['name']).filter(
        (item) => text(object(item, 'period'), 'end') === '' && item['use'] !== 'old',
      );
      const official = names.find((item) => item['use'] === 'official') ?? names[0];
      expect(people.get(text(one, 'id'))).toMatchObject({
        mrn: text(mr, 'value'),
        last_name: text(official, 'family'),
        birth_date: text(one, 'birthDate'),
        sex: text(one, 'gender') || null,
      });
    }

    const visits = await open.encounters();
    expect(visits.size).toBe(encounters);
    const counts: Record<string, number> = {};
    for (const row of visits.values()) counts[row['class'] ?? ''] = (counts[row['class'] ?? ''] ?? 0) + 1;
    expect(counts).toEqual(classes);
    for (const one of files.all('Encounter')) {
      const provider = files.named(
        list(one['participant']).map((item) => object(item, 'individual'))[0],
        'Practitioner',
      );
      expect(visits.get(text(one, 'id'))).toMatchObject({
        patient_id: text(files.named(one['subject'], 'Patient'), 'id'),
        started_at: text(object(one, 'period'), 'start') || null,
        ended_at: text(object(one, 'period'), 'end') || null,
        type_name: text(list(one['type'])[0], 'text'),
        facility_id: text(files.named(one['serviceProvider'], 'Organization'), 'id') || (expect.anything() as unknown),
        ...(provider === undefined ? {} : { provider_id: text(provider, 'id') }),
      });
    }

    for (const [section, rowsOf] of Object.entries(expectedRows)) {
      const all = rowsOf(files);
      const named = all.filter(([visit]) => visit !== '');
      const told = await sectionRows(open, section);
      // Those that name no visit are the rest.
      const wanted = named.map(([visit = '', code = '', time = '']) =>
        [visit, code, timeOf[section] === undefined ? '' : time].join(' '),
      );
      expect([section, told.length]).toEqual([section, all.length]);
      expect([section, missingIn(told, wanted)]).toEqual([section, []]);
    }
  });
});

describe('the real exports in one folder', () => {
  const isHere = exports.every(({ name }) => existsSync(exportFolder(name)));

  it('are sent in the first night, and silent in the second', async ({ skip }) => {
    if (!isHere) return skip(`${exportFolder('')} is not here; no export was tried`);
    const folder = await mkdtemp(join(tmpdir(), 'exports-'));
    for (const { name } of exports) await cp(exportFolder(name), join(folder, name), { recursive: true });
    const night = await openNight({
      ehr: { kind: 'fhir', folder, contract: usCore },
      settings: { CONCURRENCY: '32', FHIR_COMPLETE: 'yes', EXTRACT_MAX_AGE: '9999h' },
    });
    onTestFinished(async () => {
      await night.close();
      await rm(folder, { recursive: true });
    });
    const first = await night.nightly({ allowLargeChange: true });
    const { patients, documents } = night.standIn.state();
    const visits = new Set([...documents.keys()].map((id) => id.replace(/^.*\^/, '')));
    const sent = exports.map(({ name }) => {
      const files = readExport(exportFolder(name));
      const mrns = files.all('Patient').flatMap((one) => list(one['identifier']).map((item) => text(item, 'value')));
      return {
        name,
        patients: new Set(mrns.filter((mrn) => patients.has(mrn))).size,
        visits: files.all('Encounter').filter((one) => visits.has(text(one, 'id'))).length,
      };
    });
    expect(sent).toEqual(
      exports.map(({ name, patients: people, encounters, notPushed }) => ({
        name,
        patients: people,
        visits: encounters - notPushed,
      })),
    );
    expect(first.taken).toEqual({ NewPatient: total('patients'), VisitPush: total('encounters') - total('notPushed') });
    const second = await night.nightly();
    expect(second.posts).toBe(0);
    expect(second.summary).toMatchObject({
      patients: { read: total('patients'), unchanged: total('patients') },
      encounters: { read: total('encounters') },
    });
  });
});

const total = (count: 'patients' | 'encounters' | 'notPushed'): number =>
  exports.reduce((sum, one) => sum + one[count], 0);

describe('two exports of one group, of which the second has only what changed', () => {
  const folder = exportFolder('google-two-exports');

  it('give one update where the second lies over the first, and are refused without it', async ({ skip }) => {
    if (!existsSync(folder)) return skip(`${folder} is not here; this export was not tried`);
    const own = await mkdtemp(join(tmpdir(), 'google-'));
    const night = await openNight({
      ehr: { kind: 'fhir', folder: own, contract: usCore },
      settings: { FHIR_COMPLETE: 'yes', EXTRACT_MAX_AGE: '9999h' },
    });
    onTestFinished(async () => {
      await night.close();
      await rm(own, { recursive: true });
    });
    await cp(join(folder, '20230219T120000Z'), own, { recursive: true });
    expect((await night.nightly()).taken).toEqual({ NewPatient: 1, VisitPush: 1 });
    await cp(join(folder, '20230222T150000Z'), own, { recursive: true });
    expect((await night.nightly()).taken).toEqual({ PatientUpdate: 1 });
    await rm(own, { recursive: true });
    await cp(join(folder, '20230222T150000Z'), own, { recursive: true });
    await expect(night.nightly()).rejects.toThrow(/no Encounter resource/);
  });
});
