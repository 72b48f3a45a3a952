import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import type { Section } from '../../../src/contract/section.ts';
import { documentOid } from '../redox/stand-in-client.ts';
import { calls } from '../support/clinic-night.ts';
import { type Night, openNight } from '../support/night.ts';
import { type ExportFiles, exportFolder, exportOf, readExport, text } from './export-file.ts';
import { expectedRows } from './export-rows.ts';
import { type FhirFiles, type FhirSite, fhirSite, patient, problem, usCore, visit, writeFhir } from './fhir-site.ts';
import { fetchPage } from '../support/ehr-site.ts';

/** Until a visit is over, what names none stands in the summary of its patient. */

let site: FhirSite;
beforeAll(async () => {
  site = await fhirSite();
});
afterAll(() => site.drop());

/** Real exports, of which the first patients lose their visits. */
const exports = [
  { name: 'us-core-examples', visitless: 0 },
  { name: 'inferno-us-core', visitless: 1 },
  { name: 'synthea-10-bulk', visitless: 3 },
] as const;

const types =
  'Patient Encounter Condition Observation Immunization Procedure MedicationRequest Medication AllergyIntolerance Goal CareTeam ' +
  'Practitioner PractitionerRole Organization Location DiagnosticReport DocumentReference Device CarePlan Specimen';

function resourcesOf(name: string, visitless: number): readonly JsonObject[] {
  const files = readExport(exportFolder(name));
  const first = files.all('Patient').slice(0, visitless);
  const isKept = (one: JsonObject): boolean =>
    text(one, 'resourceType') !== 'Encounter' ||
    !first.some((whose) => whose === files.named(one['subject'], 'Patient'));
  return types.split(' ').flatMap((type) => files.all(type).filter(isKept));
}

const patientsWithout = (resources: readonly JsonObject[]): readonly string[] => {
  const files = exportOf(resources);
  const seen = new Set(files.all('Encounter').map((one) => files.named(one['subject'], 'Patient')));
  return files
    .all('Patient')
    .filter((one) => !seen.has(one))
    .map((one) => text(one, 'id'));
};

const summaryPrefix = 'summary of ';

/** With a visit for each patient without one, the rule of visits gives what the summary has to hold. */
const withVisits = (resources: readonly JsonObject[], without: readonly string[]): ExportFiles =>
  exportOf([...resources, ...without.map((id) => visit(`${summaryPrefix}${id}`, id, '1800-01-01'))]);

const codeOf: Readonly<Record<string, string>> = { allergies: 'substance_code', care_team: 'role_code' };

/** Patient and code of each row of each section that the files give for a summary. */
function wantedRows(files: ExportFiles): string[] {
  return Object.entries(expectedRows)
    .flatMap(([section, rowsOf]) =>
      rowsOf(files)
        .filter(([visit = '']) => visit.startsWith(summaryPrefix))
        .map(([visit = '', code = '']) => {
          // Diagnoses of visits stand among the problems.
          const told = section === 'assessment' || section === 'discharge_diagnosis' ? 'problems' : section;
          return `${visit.slice(summaryPrefix.length)} ${told} ${code}`;
        }),
    )
    .sort();
}

describe.each(exports)('of the real export $name', ({ name, visitless }) => {
  it('holds the rows of its files for patients without a visit, and for no other', async ({ skip }) => {
    if (!existsSync(exportFolder(name))) return skip(`${exportFolder(name)} is not here; this export was not tried`);
    const resources = resourcesOf(name, visitless);
    const without = patientsWithout(resources);
    const wanted = wantedRows(withVisits(resources, without));
    expect(wanted.length).toBeGreaterThan(10);
    const open = await site.read({ 'all.ndjson': resources });
    const patients = await open.patients();
    const ids = [...patients.keys()];
    const { summaries } = await fetchPage(open.ehr, ids, [], ids);
    const found = ids.flatMap((id) =>
      Object.keys(expectedRows).flatMap((section) =>
        (summaries.get(id)?.[section as Section] ?? []).map((row) => {
          const values = row as Readonly<Record<string, string | null>>;
          return `${id} ${section} ${values[codeOf[section] ?? 'code'] ?? ''}`;
        }),
      ),
    );
    expect(found.sort()).toEqual(wanted);
    const withVersion = ids.filter((id) => patients.get(id)?.['summary_version'] !== null);
    expect(withVersion).toEqual([...new Set(wanted.map((row) => row.split(' ', 1)[0]))]);
    expect(withVersion.filter((id) => !without.includes(id))).toEqual([]);
  });
});

interface Nights {
  readonly night: Night;
  /** Replaces these files and runs. */
  readonly nightly: (files: FhirFiles) => ReturnType<Night['nightly']>;
  /** Names of the problems in what Redox has as a patient's summary. */
  readonly problemsOf: (patientId: string) => readonly unknown[] | undefined;
}

async function nights(): Promise<Nights> {
  const folder = await mkdtemp(join(tmpdir(), 'summary-'));
  const night = await openNight({
    ehr: { kind: 'fhir', folder, contract: usCore },
    settings: { FHIR_COMPLETE: 'yes', EXTRACT_MAX_AGE: '9999h' },
  });
  onTestFinished(async () => {
    await night.close();
    await rm(folder, { recursive: true });
  });
  return {
    night,
    nightly: async (files) => {
      await writeFhir(folder, files);
      return night.nightly({ allowLargeChange: true });
    },
    problemsOf: (patientId) => {
      const stored = night.standIn.state().documents.get(`${documentOid}^summary.${patientId}`);
      const problems = (stored?.message['Problems'] ?? []) as readonly JsonObject[];
      return stored === undefined ? undefined : problems.map((one) => one['Name']);
    },
  };
}

describe('of a patient without a visit', () => {
  it('is sent once, and again after a change of one real resource', async ({ skip }) => {
    const sets = ['us-core-examples', 'inferno-us-core'].map(exportFolder);
    if (!sets.every((folder) => existsSync(folder))) return skip('The exports are not here; none was tried');
    const resources = [...resourcesOf('us-core-examples', 0), ...resourcesOf('inferno-us-core', 1)];
    const without = patientsWithout(resources);
    const files = withVisits(resources, without);
    const wanted = new Set(wantedRows(files).map((row) => row.split(' ', 1)[0]));
    const { night, nightly } = await nights();
    await nightly({ 'all.ndjson': resources });
    const sent = [...night.standIn.state().documents.keys()].flatMap((id) => /summary\.(.*)$/.exec(id)?.[1] ?? []);
    expect(sent.sort()).toEqual([...wanted].sort());
    expect((await nightly({})).posts).toBe(0);
    const [own] = resources.filter(
      (one) => text(one, 'resourceType') === 'Observation' && without.includes(patientOf(files, one)),
    );
    const changed = resources.map((one) => (one === own ? { ...one, status: 'entered-in-error' } : one));
    const result = await nightly({ 'all.ndjson': changed });
    expect(result.taken).toEqual({ VisitPush: 1 });
    expect(calls(result)).toContain(`VisitPush ${own === undefined ? '' : patientOf(files, own)} accepted`);
  });

  it('gives way to the document of the first visit that is over', async () => {
    const { nightly, problemsOf } = await nights();
    const people = ['1', '2', '3'].map((id) => patient(id));
    const problems = [problem('c1', '1', 'Cough'), problem('c2', '2', 'Fever'), problem('c3', '3', 'Pain')];
    const first = await nightly({
      'Patient.ndjson': people,
      'Encounter.ndjson': [visit('e2', '2')],
      'Condition.ndjson': problems,
    });
    expect(first.taken).toEqual({ NewPatient: 3, VisitPush: 3 });
    expect(['1', '2', '3'].map(problemsOf)).toEqual([['Cough'], undefined, ['Pain']]);
    expect((await nightly({})).posts).toBe(0);
    const open = visit('e1', '1', undefined, { status: 'in-progress', period: { start: '2026-01-10T09:00:00Z' } });
    expect((await nightly({ 'Encounter.ndjson': [open, visit('e2', '2')] })).posts).toBe(0);
    const seen = await nightly({ 'Encounter.ndjson': [visit('e1', '1'), visit('e2', '2')] });
    expect(seen.taken).toEqual({ VisitPush: 2 });
    expect(problemsOf('1')).toEqual([]);
    expect((await nightly({})).posts).toBe(0);
  });

  it("follows a merge: what it holds is the survivor's", async () => {
    const { nightly, problemsOf } = await nights();
    const link = (type: string, id: string): JsonObject => ({
      link: [{ type, other: { reference: `Patient/${id}` } }],
    });
    const files = (merged: boolean): FhirFiles => ({
      'Patient.ndjson': [
        patient('1', merged ? link('replaced-by', '2') : {}),
        patient('2'),
        patient('3', merged ? link('replaced-by', '4') : {}),
        patient('4'),
      ],
      'Encounter.ndjson': [visit('e4', '4')],
      'Condition.ndjson': [problem('c1', '1', 'Cough'), problem('c2', '2', 'Fever'), problem('c3', '3', 'Pain')],
    });
    await nightly(files(false));
    expect(['1', '2', '3'].map(problemsOf)).toEqual([['Cough'], ['Fever'], ['Pain']]);
    const merge = await nightly(files(true));
    // The survivor's summary and the retired patient's; the visit of the other survivor, and what had stood in a summary.
    expect(merge.taken).toEqual({ PatientMerge: 2, VisitPush: 4 });
    expect(problemsOf('2')).toEqual(['Cough', 'Fever']);
    expect(problemsOf('1')).toEqual(['Cough', 'Fever']);
    expect(problemsOf('3')).toEqual([]);
    expect((await nightly({})).posts).toBe(0);
  });

  it('holds what a visit without a number would have told', async () => {
    const open = await site.read(
      {
        'Patient.ndjson': [patient('1')],
        'Encounter.ndjson': [visit('e', '1')],
        'Condition.ndjson': [problem('c', '1', 'Cough', { encounter: { reference: 'Encounter/e' } })],
      },
      { visitSystem: 'visits' },
    );
    const { summaries } = await fetchPage(open.ehr, ['1'], [], ['1']);
    expect(summaries.get('1')?.problems).toMatchObject([{ name: 'Cough' }]);
  });
});

const patientOf = (files: ExportFiles, resource: JsonObject): string =>
  text(files.named(resource['subject'], 'Patient'), 'id');
