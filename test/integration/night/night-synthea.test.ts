import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { openNight, type Night, type NightResult, type ReportRow } from '../support/night.ts';
import { countingStatements } from '../support/report/statements.ts';
import { documentOid, patientOid } from '../redox/stand-in-client.ts';
import {
  expectedDemographics,
  expectedDocument,
  readRows,
  readSynthea,
  text,
  type CsvRow,
} from '../support/synthea/synthea-export.ts';
import { expectEveryRowSynced, rowsOf } from '../support/synthea/synthea-sections.ts';

/** `SYNTHEA=whole` takes the whole of the two larger exports, twelve thousand visits, where the gate takes one patient in eight, or in four. */
const isWhole = process.env['SYNTHEA'] === 'whole';

/** What stands in the clinical files. */
const sectionsOf27 = {
  diagnoses: 71,
  allergies: 40,
  conditions: 438,
  medications: 663,
  immunizations: 29,
  procedures: 249,
  careplans: 49,
  devices: 3,
  imaging: 1,
  observations: 915,
};
/** It has no procedures and no observations. */
const sectionsOf109 = {
  diagnoses: 2_242,
  allergies: 81,
  conditions: 5_901,
  medications: 6_874,
  immunizations: 2_890,
  procedures: 0,
  careplans: 532,
  devices: 160,
  imaging: 52,
  observations: 0,
};
const sectionsOfEighthOf109 = {
  diagnoses: 237,
  allergies: 11,
  conditions: 743,
  medications: 616,
  immunizations: 412,
  procedures: 0,
  careplans: 46,
  devices: 20,
  imaging: 16,
  observations: 0,
};
/** Of its observations 336 belong to no visit and seven are there twice. */
const sectionsOf16 = {
  diagnoses: 294,
  allergies: 3,
  conditions: 724,
  medications: 1072,
  immunizations: 214,
  procedures: 2823,
  careplans: 65,
  devices: 102,
  imaging: 74,
  observations: 14_482,
};

const sectionsOfQuarterOf16 = {
  diagnoses: 80,
  allergies: 3,
  conditions: 231,
  medications: 634,
  immunizations: 48,
  procedures: 1207,
  careplans: 19,
  devices: 23,
  imaging: 17,
  observations: 7_513,
};

interface Export {
  readonly name: string;
  readonly patients: number;
  readonly encounters: number;
  /** In which the first night fetches its visits, at most: each of up to 500 calls, to the end of a person's. */
  readonly pages: number;
  readonly sections: object;
  /** The second of every so many patients is taken, with all that is theirs. */
  readonly oneIn?: number;
}

describe.each<Export>([
  { name: 'synthea-27', patients: 27, encounters: 604, pages: 3, sections: sectionsOf27 },
  isWhole
    ? { name: 'synthea-109', patients: 109, encounters: 10_715, pages: 27, sections: sectionsOf109 }
    : { name: 'synthea-109', patients: 14, encounters: 819, pages: 3, sections: sectionsOfEighthOf109, oneIn: 8 },
  isWhole
    ? { name: 'synthea-16-crlf', patients: 16, encounters: 1_494, pages: 5, sections: sectionsOf16 }
    : { name: 'synthea-16-crlf', patients: 4, encounters: 655, pages: 3, sections: sectionsOfQuarterOf16, oneIn: 4 },
])('the real export $name', ({ name, patients, encounters, pages, sections, oneIn }) => {
  const original = join(packageRoot, '../shared/data', name);
  let folder: string;
  let night: Night;

  beforeAll(async () => {
    if (!existsSync(original)) return;
    folder = await mkdtemp(join(tmpdir(), 'synthea-'));
    await cp(original, folder, { recursive: true });
    if (oneIn !== undefined) await keepOneIn(folder, oneIn);
    night = await openNight({
      ehr: { kind: 'csv', folder, contract: 'sql/ehr/synthea' },
      settings: { CONCURRENCY: '32' },
    });
  });
  afterAll(async () => {
    if (!existsSync(original)) return;
    await night.close();
    await rm(folder, { recursive: true });
  });

  // One story, so one test: each night begins where the one before ended.
  it('is sent in the first night, silent in the second, updated in the third', async ({ skip }) => {
    if (!existsSync(original)) return skip(`${original} is not here; this export was not tried`);

    let summaries: readonly string[] = [];
    const statements = await countingStatements(async () => {
      const first = await night.nightly({ allowLargeChange: true });
      expect(first.exitCode).toBe(0);
      summaries = summariesIn(first);
      expect(first.taken).toEqual({ NewPatient: patients, VisitPush: encounters + summaries.length });
      expect(first.posts).toBe(patients + encounters + summaries.length);
    });
    // One for each of fourteen sections a page, and none per visit.
    const fetches = statements.filter((one) => one.startsWith('SELECT CASE WHEN sized.fits THEN sized.encounter_id'));
    expect(fetches.length).toBeLessThanOrEqual(pages * 14);
    await expectSummariesHold(folder, night, summaries);
    await expectRedoxHolds(folder, night);
    await expectEveryRowSynced(folder, night, sections);
    expectDocumentsOfUse(night);
    expect(await landings(night)).toEqual([]);

    const second = await night.nightly();
    expect(second.posts).toBe(0);
    expect(second.summary).toMatchObject({
      patients: { read: patients, unchanged: patients },
      encounters: { read: encounters, unchanged: encounters },
    });

    const edited = await edit(folder);
    const third = await night.nightly();
    const pushed = [...edited.changedVisits, edited.newVisit];
    expect(third.taken).toEqual({ NewPatient: 1, PatientUpdate: 1, VisitPush: pushed.length });
    expect(callsOf(third).filter((call) => !call.endsWith('unneeded'))).toEqual(
      [
        `NewPatient ${edited.newPatient} accepted`,
        `PatientUpdate ${edited.renamedPatient} accepted`,
        ...pushed.map((visit) => `VisitPush ${visit} accepted`),
      ].sort(),
    );
    const [, observed] = edited.changedVisits;
    const document = night.standIn.state().documents.get(`${documentOid}^${observed ?? ''}`);
    if (observed !== undefined) expect(JSON.stringify(document?.message)).toContain('"Value":"128.25"');
    // The visit that vanished may stand in the line that cannot be read, and so may what the summaries of its patient and others lack.
    expect(linesOf(third, 'gone')).toEqual([edited.vanishedPatient]);
    expect(linesOf(third, 'unread')).toEqual([edited.vanishedVisit]);
    // Match keys are listed every night; those of synthetic patients are often incomplete.
    expect(third.csv('data-quality').filter((row) => row['kind']?.endsWith('_match_key') !== true)).toMatchObject([
      { entity: 'file', entity_id: 'encounters.csv', kind: 'too_few_fields', line: String(edited.brokenLine) },
    ]);
    expect(third.exitCode).toBe(2);
    await expectRedoxHolds(folder, night, edited);
  });
});

/** No document is empty for its reader, and none is older than what it tells. */
function expectDocumentsOfUse({ standIn }: Night): void {
  const messages = Array.from(standIn.state().documents.values(), ({ message }) => message);
  const isEmpty = (message: JsonObject): boolean =>
    !Object.entries(message).some(([key, value]) => key.endsWith('Text') && value !== '');
  const isEarly = ({ Header, Encounters, Results, VitalSigns }: JsonObject): boolean => {
    const { Document } = Header as unknown as { readonly Document: { readonly DateTime: string } };
    const told = JSON.stringify([Encounters, Results, VitalSigns]).matchAll(/"(\d{4}-[^"]{20})"/g);
    return [...told].some(([, time = '']) => time > Document.DateTime);
  };
  expect(messages.filter(isEmpty)).toEqual([]);
  expect(messages.filter(isEarly)).toEqual([]);
}

/** What Redox holds is what the files say, and nothing else; what vanished from the files stays at Redox as it was. */
async function expectRedoxHolds(folder: string, { standIn }: Night, edited: Partial<Edited> = {}): Promise<void> {
  const files = await readSynthea(folder);
  const finished = files.encounters.filter((row) => text(row, 'STOP') !== '');
  const { patients, documents } = standIn.state();
  expect(finished).not.toEqual([]);

  const extraPatients = edited.vanishedPatient === undefined ? [] : [edited.vanishedPatient];
  expect([...patients.keys()].sort()).toEqual([...files.patients.map(id), ...extraPatients].sort());
  for (const row of files.patients) {
    expect(patients.get(id(row))).toMatchObject({ mergedInto: null, newCount: 1 });
    expect(patients.get(id(row))?.demographics).toEqual(expectedDemographics(row));
  }

  const extraVisits = edited.vanishedVisit === undefined ? [] : [edited.vanishedVisit];
  const documentIds = [...finished.map(id), ...extraVisits].map((visit) => `${documentOid}^${visit}`);
  const stored = [...documents.keys()].filter((name) => !name.startsWith(`${documentOid}^summary.`));
  expect(stored.sort()).toEqual(documentIds.sort());
  const patientRows = new Map(files.patients.map((row) => [id(row), row]));
  for (const row of finished.filter((visit) => patientRows.has(text(visit, 'PATIENT')))) {
    const stored = documents.get(`${documentOid}^${id(row)}`);
    const header = stored?.message['Header'] as Header | undefined;
    expect({
      patientId: stored?.patientId,
      Document: header?.Document,
      Encounters: withoutDiagnosis(stored?.message['Encounters']),
    }).toEqual(expectedDocument(row, files));
    expect(stored?.message['EncountersText']).toMatch(/<td>[^<]/);
    expect(String(header?.Document.DateTime) > String(header?.Document.Visit.EndDateTime)).toBe(true);
    expect(stored?.versionCount).toBe(edited.changedVisits?.includes(id(row)) === true ? 2 : 1);
    expect(header?.Patient.Identifiers).toEqual([{ ID: text(row, 'PATIENT'), IDType: patientOid }]);
  }
}

/** The patients whose summary was taken. */
const summariesIn = (run: NightResult): readonly string[] =>
  run
    .csv('calls')
    .filter(({ entity, kind }) => entity === 'summary' && kind === 'accepted')
    .map(({ entity_id = '' }) => entity_id);

/** Each has what the patient takes and was vaccinated with; and each patient who was at the clinic and has any of it has one. */
async function expectSummariesHold(folder: string, { standIn }: Night, of: readonly string[]): Promise<void> {
  const [medications, immunizations] = [
    await readRows(folder, 'medications.csv'),
    await readRows(folder, 'immunizations.csv'),
  ];
  const taken = medications.filter((row) => text(row, 'STOP') === '');
  const lengthOf = (rows: readonly CsvRow[], patient: string, columns: readonly string[]): number =>
    new Set(
      rows
        .filter((row) => text(row, 'PATIENT') === patient)
        .map((row) => columns.map((column) => text(row, column)).join()),
    ).size;
  expect(of).toEqual(expect.arrayContaining(taken.map((row) => text(row, 'PATIENT'))));
  for (const patient of of) {
    const message = standIn.state().documents.get(`${documentOid}^summary.${patient}`)?.message ?? {};
    const sent = ['Medications', 'Immunizations'].map((key) => ((message[key] ?? []) as readonly JsonObject[]).length);
    expect([patient, ...sent]).toEqual([
      patient,
      lengthOf(taken, patient, ['CODE', 'DESCRIPTION', 'START', 'REASONCODE', 'REASONDESCRIPTION']),
      lengthOf(immunizations, patient, ['CODE', 'DESCRIPTION', 'DATE']),
    ]);
  }
}

/** The diagnoses are clinical content; the tests of the sections look at it. */
const withoutDiagnosis = (encounters: JsonValue | undefined): object[] =>
  (encounters as JsonObject[]).map((encounter) =>
    Object.fromEntries(Object.entries(encounter).filter(([key]) => key !== 'Diagnosis')),
  );

interface Header {
  readonly Document: { readonly DateTime: string; readonly Visit: { readonly EndDateTime: string } };
  readonly Patient: { readonly Identifiers: readonly object[] };
}

const id = (row: CsvRow): string => text(row, 'Id');

/** Schemas in which rows of the files stand beside the ledger. */
async function landings({ ledger }: Night): Promise<unknown[]> {
  const { rows } = await ledger.query('a look', "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%landing%'");
  return rows;
}

/** Calls of a run, without the run's own ids. */
const callsOf = (run: NightResult): string[] =>
  run
    .csv('calls')
    .map(({ event_type, entity_id, kind }: ReportRow) => `${event_type ?? ''} ${entity_id ?? ''} ${kind ?? ''}`)
    .sort();

const linesOf = (run: NightResult, kind: string): string[] =>
  run
    .csv('discrepancies')
    .filter((row) => row['kind'] === kind && row['entity'] !== 'summary')
    .map((row) => row['entity_id'] ?? '')
    .sort();

interface Edited {
  readonly renamedPatient: string;
  readonly newPatient: string;
  readonly vanishedPatient: string;
  readonly newVisit: string;
  /** The first in its own row, the second in an observation, where the export has any. */
  readonly changedVisits: readonly string[];
  readonly vanishedVisit: string;
  /** Of encounters.csv, from 1. */
  readonly brokenLine: number;
}

/** A day at the clinic: one of each, in the files. Of the new patient's visits one is not over. */
async function edit(folder: string): Promise<Edited> {
  const { patients, encounters } = await readSynthea(folder);
  const [renamed, vanished, ...others] = patients;
  const [changedVisit, vanishedVisit, ...otherVisits] = encounters;
  if (renamed === undefined || vanished === undefined || changedVisit === undefined || vanishedVisit === undefined) {
    throw new Error(`${folder} has too few rows to edit`);
  }
  const newPatient = {
    ...renamed,
    Id: 'new-patient',
    FIRST: 'Ünal7',
    LAST: "O'Newcomer12",
    SSN: '999-00-0001',
    BIRTHDATE: '1911-02-03',
  };
  const newVisit = { ...changedVisit, Id: 'new-visit', PATIENT: newPatient.Id };
  const openVisit = { ...newVisit, Id: 'open-visit', STOP: '' };
  await rewrite(folder, 'patients.csv', [{ ...renamed, LAST: 'Changed1' }, ...others, newPatient]);
  const stopped = text(changedVisit, 'STOP').replace(/\d\dZ$/, (seconds) => (seconds === '59Z' ? '58Z' : '59Z'));
  const visits = [{ ...changedVisit, STOP: stopped }, ...otherVisits, newVisit, openVisit];
  await rewrite(folder, 'encounters.csv', visits);
  await appendFile(join(folder, 'encounters.csv'), `broken-visit,2024-01-01T00:00:00Z\r\n`);
  return {
    renamedPatient: id(renamed),
    newPatient: newPatient.Id,
    vanishedPatient: id(vanished),
    newVisit: newVisit.Id,
    changedVisits: [
      id(changedVisit),
      ...(await editObservation(folder, [id(vanished), id(changedVisit), id(vanishedVisit)])),
    ],
    vanishedVisit: id(vanishedVisit),
    brokenLine: visits.length + 2,
  };
}

/** Changes the first height of another patient and visit than these; gives the visit. */
async function editObservation(folder: string, others: readonly string[]): Promise<string[]> {
  if (!existsSync(join(folder, 'observations.csv'))) return [];
  const rows = await rowsOf(folder, 'observations.csv');
  const isIt = (row: CsvRow): boolean =>
    text(row, 'CODE') === '8302-2' &&
    text(row, 'ENCOUNTER') !== '' &&
    !others.includes(text(row, 'ENCOUNTER')) &&
    !others.includes(text(row, 'PATIENT'));
  const changed = rows.find(isIt);
  if (changed === undefined) throw new Error(`${folder} has no height to edit`);
  await rewrite(
    folder,
    'observations.csv',
    rows.map((row) => (row === changed ? { ...row, VALUE: '128.25' } : row)),
  );
  return [text(changed, 'ENCOUNTER')];
}

/** The second of every so many patients, and every line that names one of them. */
async function keepOneIn(folder: string, number: number): Promise<void> {
  const kept = (await rowsOf(folder, 'patients.csv')).filter((_, index) => index % number === 1).map(id);
  for (const file of await readdir(folder)) {
    const [header = '', ...lines] = (await readFile(join(folder, file), 'utf8')).split('\n');
    if (!header.includes('PATIENT') && file !== 'patients.csv') continue;
    const ofThem = lines.filter((line) => kept.some((patient) => line.includes(patient)));
    await writeFile(join(folder, file), [header, ...ofThem, ''].join('\n'));
  }
}

/** With the file's own line ends. */
async function rewrite(folder: string, file: string, rows: readonly CsvRow[]): Promise<void> {
  const path = join(folder, file);
  const isCrlf = (await readFile(path, 'utf8')).includes('\r\n');
  await writeFile(path, stringify([...rows], { header: true, record_delimiter: isCrlf ? 'windows' : 'unix' }));
}
