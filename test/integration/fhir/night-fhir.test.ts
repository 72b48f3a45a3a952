import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import type { JsonObject } from '../../../src/json.ts';
import { told } from '../support/first-night/told.ts';
import { type Night, type NightResult, openNight } from '../support/night.ts';
import { type FhirFiles, patient, problem, usCore, visit, writeFhir } from './fhir-site.ts';

interface FhirNight {
  readonly night: Night;
  /** Replaces these files and runs. */
  readonly nightly: (files: FhirFiles, choices?: Parameters<Night['nightly']>[0]) => Promise<NightResult>;
}

/** `sent`: what Redox was sent the night before; that night is played once for all tests. */
async function fhirNight(settings: Environment = {}, sent?: FhirFiles): Promise<FhirNight> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-night-'));
  const site = {
    ehr: { kind: 'fhir', folder, contract: usCore } as const,
    settings: { FHIR_COMPLETE: 'yes', ...settings },
  };
  if (sent !== undefined) await writeFhir(folder, sent);
  const before =
    sent === undefined
      ? undefined
      : await told(['fhir', sent], async (first) => {
          const night = await openNight({ ...site, ...first });
          await night.nightly();
          await night.close();
        });
  const night = await openNight({ ...site, ...(before === undefined ? {} : { before }) });
  onTestFinished(async () => {
    await night.close();
    await rm(folder, { recursive: true });
  });
  return {
    night,
    nightly: async (files, choices) => {
      await writeFhir(folder, files);
      return night.nightly(choices);
    },
  };
}

const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
const people = (changes: Readonly<Record<number, JsonObject>> = {}): JsonObject[] =>
  numbers.map((number) => patient(`p${number}`, changes[number]));
const visits = (): JsonObject[] => numbers.map((number) => visit(`v${number}`, `p${number}`));
const lines = (resources: readonly JsonObject[]): string[] => resources.map((one) => JSON.stringify(one));
const everybody: FhirFiles = { 'Patient.ndjson': people(), 'Encounter.ndjson': visits(), 'Condition.ndjson': [] };

const listed = (night: NightResult): string[] =>
  night
    .csv('discrepancies')
    .map(({ entity, entity_id, kind, detail }) =>
      [kind, entity, entity_id, detail].filter((word) => word !== '').join(' '),
    )
    .sort();

describe('nights over FHIR files', () => {
  it('send an edit, a problem and a merge, and then nothing', async () => {
    const { nightly } = await fhirNight();
    expect((await nightly(everybody)).taken).toEqual({ NewPatient: 12, VisitPush: 12 });
    const edited: FhirFiles = {
      'Patient.ndjson': people({
        1: { name: [{ family: 'Changed', given: ['Ann'] }] },
        3: { active: false, link: [{ type: 'replaced-by', other: { reference: 'Patient/p4' } }] },
      }),
      'Condition.ndjson': [problem('c', 'p2', 'Cough', { recordedDate: '2026-01-11' })],
    };
    expect((await nightly(edited)).taken).toEqual({ PatientUpdate: 1, PatientMerge: 1, VisitPush: 1 });
    expect((await nightly({})).posts).toBe(0);
  });

  it('see a moved, a cancelled, an opened and a silently changed visit', async () => {
    const { night, nightly } = await fhirNight({}, everybody);
    const changed = visits().map((one, index) => {
      if (index === 0) return { ...one, subject: { reference: 'Patient/p2' } };
      if (index === 2) return { ...one, status: 'cancelled' };
      if (index === 3) return { ...one, status: 'in-progress', period: { start: '2026-01-10T09:00:00Z' } };
      return index === 4 ? { ...one, reasonCode: [{ text: 'Cough' }] } : one;
    });
    const result = await nightly({ 'Encounter.ndjson': changed });
    expect(result.taken).toEqual({ VisitPush: 2 });
    expect(listed(result)).toEqual([
      'cancelled_after_push encounter v3',
      'changed encounter v1',
      'changed encounter v4 reopened',
      'changed encounter v5',
    ]);
    const { documents } = night.standIn.state();
    expect([...documents].find(([id]) => id.endsWith('^v1'))?.[1].patientId).toBe('M-p2');
  });

  it('in mode changes send what is newer than the last manifest, and all without a time', async () => {
    const { nightly } = await fhirNight();
    const at = (lastUpdated: string): JsonObject => ({ meta: { lastUpdated } });
    const dated = (changes: Readonly<Record<number, JsonObject>> = {}): FhirFiles => ({
      'Patient.ndjson': numbers.map((number) =>
        patient(`p${number}`, { ...at('2026-01-10T12:00:00Z'), ...changes[number] }),
      ),
      'Encounter.ndjson': visits().map((one) => ({ ...one, ...at('2026-01-10T12:00:00Z') })),
      'manifest.json': JSON.stringify({
        transactionTime: changes[1] === undefined ? '2026-01-11T00:00:00Z' : '2026-01-12T00:00:00Z',
        output: [
          { type: 'Patient', url: 'Patient.ndjson' },
          { type: 'Encounter', url: 'Encounter.ndjson' },
        ],
      }),
    });
    const first = await nightly(dated());
    expect(first.summary.watermark).toMatchObject({ to: '2026-01-10T23:00:00.000Z' });
    const renamed = (family: string): JsonObject => ({ name: [{ family, given: ['Ann'] }] });
    const later = dated({ 1: { ...renamed('Newer'), ...at('2026-01-11T12:00:00Z') }, 2: renamed('Hidden') });
    const changes = await nightly(later, { mode: 'changes' });
    expect(changes.taken).toEqual({ PatientUpdate: 1 });
    expect(changes.summary.patients.read).toBe(1);
    expect(listed(await nightly({}))).toEqual(['silent_change patient p2']);
  });

  it('report the absent as gone, or not at all where a group slides', async () => {
    const { nightly } = await fhirNight({}, everybody);
    const fewer: FhirFiles = { 'Patient.ndjson': people().slice(1), 'Encounter.ndjson': visits().slice(1) };
    const ignored = await nightly(fewer, { settings: { FHIR_GONE: 'ignore' } });
    expect([ignored.exitCode, listed(ignored)]).toEqual([0, []]);
    expect(listed(await nightly({}))).toEqual(['gone encounter v1', 'gone patient p1']);
  });

  it('never send a patient or visit without the identifier that the site has named', async () => {
    const { night, nightly } = await fhirNight({ FHIR_MRN_SYSTEM: 'urn:oid:1.2.3', FHIR_VISIT_SYSTEM: 'visits' });
    const named = visits().map((one, index) =>
      index === 0 ? one : { ...one, identifier: [{ system: 'visits', value: `V-${index}` }] },
    );
    const result = await nightly({
      ...everybody,
      'Patient.ndjson': people({ 2: { identifier: [] } }),
      'Encounter.ndjson': named,
    });
    expect(result.taken).toEqual({ NewPatient: 11, VisitPush: 10 });
    const invalid = listed(result).filter((line) => line.startsWith('invalid'));
    expect(invalid).toEqual(['invalid encounter missing_key', 'invalid patient p2 id_says_nothing']);
    expect([...night.standIn.state().patients.keys()]).not.toContain('p2');
    expect([...night.standIn.state().documents.keys()].filter((id) => !/\^V-\d+$/.test(id))).toEqual([]);
  });
});

describe('an audit over FHIR files', () => {
  it('finds what Redox has lost, and the next night sends it', async () => {
    const { night, nightly } = await fhirNight();
    await nightly(everybody);
    night.standIn.tamper({ kind: 'forget_patient', patientId: 'M-p1' });
    night.standIn.tamper({ kind: 'alter_patient', patientId: 'M-p2', path: 'Demographics.LastName', value: 'Other' });
    const audit = await night.audit({ repairs: true, hasContent: true });
    expect(audit.summary.audit).toMatchObject({ assessed: 12, wrong: 2, patients: { found: 10, not_yet_synced: 0 } });
    expect(listed(audit)).toEqual([
      'differs_at_redox patient p2 owed',
      'missing_at_redox encounter v1 owed',
      'missing_at_redox patient p1 owed',
    ]);
    expect((await nightly({})).taken).toEqual({ NewPatient: 1, PatientUpdate: 1, VisitPush: 1 });
    expect((await night.audit()).summary.audit).toMatchObject({ assessed: 12, wrong: 0 });
  });
});

describe('damage in FHIR files', () => {
  it('of a line leaves its row unread, not gone', async () => {
    const { nightly } = await fhirNight({}, everybody);
    const broken = lines(people()).map((line, index) => (index === 4 ? line.slice(0, -20) : line));
    const result = await nightly({ 'Patient.ndjson': `${broken.join('\n')}\n` });
    expect(result.posts).toBe(0);
    expect(listed(result)).toEqual(['unread patient p5 line_unread']);
    expect(result.csv('data-quality').map(({ entity_id, kind, line }) => [entity_id, kind, line])).toEqual([
      ['Patient.ndjson', 'no_resource', '5'],
    ]);
  });

  it('of a match key leaves the row unread, of another field the field', async () => {
    const { nightly } = await fhirNight({}, everybody);
    const spoilt = lines(people()).map((line, index) =>
      index === 4
        ? line.replace('"Lee"', String.raw`"L\u0000ee"`)
        : index === 5
          ? line.replace('"Austin"', String.raw`"Au\ud800stin"`)
          : line,
    );
    const result = await nightly({ 'Patient.ndjson': `${spoilt.join('\n')}\n` });
    expect(listed(result)).toContain('unread patient p5 damaged');
    expect(result.taken).toEqual({ PatientUpdate: 1 });
  });

  it('of an id makes the row invalid', async () => {
    const { nightly } = await fhirNight();
    const spoilt = lines(people()).map((line, index) =>
      index === 4 ? line.replace('"p5"', String.raw`"p\u00005"`) : line,
    );
    const result = await nightly({ ...everybody, 'Patient.ndjson': `${spoilt.join('\n')}\n` });
    expect(result.taken).toEqual({ NewPatient: 11, VisitPush: 11 });
    expect(listed(result).filter((line) => line.startsWith('invalid'))).toEqual([
      'invalid patient p\ufffe5 id_control_character',
    ]);
  });

  it('of clinical content keeps the document that Redox has', async () => {
    const problems = [problem('c1', 'p1', 'Cough'), problem('c2', 'p2', 'Fever')];
    const { nightly } = await fhirNight({}, { ...everybody, 'Condition.ndjson': problems });
    const [first = '', second = ''] = lines(problems);
    const result = await nightly({ 'Condition.ndjson': `${first}\n${second.slice(0, -9)}\n` });
    expect(result.posts).toBe(0);
    expect(listed(result)).toEqual(['unread encounter v2 section_unread']);
  });

  it('of a whole file of unknown type refuses the night', async () => {
    const { nightly } = await fhirNight({}, everybody);
    const spoilt = { 'export-2.ndjson': '{"a\n{"b\n{"c\n' };
    await expect(nightly(spoilt)).rejects.toThrow(/all 3 lines of export-2\.ndjson were left out/);
  });

  it('of most lines refuses the night', async () => {
    const { nightly } = await fhirNight({}, everybody);
    const broken = lines(people()).map((line, index) => (index < 11 ? line.slice(1) : line));
    await expect(nightly({ 'Patient.ndjson': `${broken.join('\n')}\n` })).rejects.toThrow(
      /lines of Patient\.ndjson were left out/,
    );
  });
});
