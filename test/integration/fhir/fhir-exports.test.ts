import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { openNight } from '../support/night.ts';
import { codingOf, exportFolder, list, object, readExport, text } from './export-file.ts';
import { wholeSections } from './export-documents.ts';
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
      const wanted = rowsOf(files)
        .filter(([visit]) => visit !== '')
        .map(([visit = '', code = '', time = '']) =>
          [visit, code, timeOf[section] === undefined ? '' : time].join(' '),
        );
      expect([section, await sectionRows(open, section)]).toEqual([section, wanted.sort()]);
    }

    for (const [section, { columns, rows }] of Object.entries(wholeSections)) {
      const told = (await open.section(section as 'notes')).map((row) =>
        ['encounter_id', ...columns].map((column) => row[column] ?? '').join('|'),
      );
      const wanted = rows(files)
        .filter(([visit]) => visit !== '')
        .map((row) => row.join('|'));
      expect([section, told.sort()]).toEqual([section, wanted.sort()]);
    }
  });
});

/** The largest export has nine tenths of all visits; `SYNTHEA=whole` sends them all. */
async function keepQuarter(file: string): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  await writeFile(file, lines.filter((_, index) => index % 4 === 0).join('\n') + '\n');
}

describe('the real exports in one folder', () => {
  const isHere = exports.every(({ name }) => existsSync(exportFolder(name)));

  it('are sent in the first night, and silent in the second', async ({ skip }) => {
    if (!isHere) return skip(`${exportFolder('')} is not here; no export was tried`);
    const folder = await mkdtemp(join(tmpdir(), 'exports-'));
    for (const { name } of exports) await cp(exportFolder(name), join(folder, name), { recursive: true });
    if (process.env['SYNTHEA'] !== 'whole') await keepQuarter(join(folder, 'synthea-10-bulk/Encounter.000.ndjson'));
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
      const files = readExport(join(folder, name));
      const mrns = files.all('Patient').flatMap((one) => list(one['identifier']).map((item) => text(item, 'value')));
      return {
        name,
        patients: new Set(mrns.filter((mrn) => patients.has(mrn))).size,
        visits: files.all('Encounter').filter((one) => visits.has(text(one, 'id'))).length,
      };
    });
    const wanted = exports.map(({ name, patients: people, notPushed }) => ({
      name,
      patients: people,
      visits: readExport(join(folder, name)).all('Encounter').length - notPushed,
    }));
    expect(sent).toEqual(wanted);
    const visitsSent = wanted.reduce((sum, { visits: count }) => sum + count, 0);
    // Two patients of us-core-examples have observations and no visit.
    const summaries = [...documents.keys()].filter((id) => id.includes('^summary.'));
    expect(summaries.length).toBe(2);
    expect(first.taken).toEqual({ NewPatient: total('patients'), VisitPush: visitsSent + summaries.length });
    const second = await night.nightly();
    expect(second.posts).toBe(0);
    expect(second.summary).toMatchObject({
      patients: { read: total('patients'), unchanged: total('patients') },
      encounters: { read: visitsSent + total('notPushed') },
    });
  });
});

const total = (count: 'patients' | 'notPushed'): number => exports.reduce((sum, one) => sum + one[count], 0);

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
