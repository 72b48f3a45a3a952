import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { commandLine } from '../../command-line.ts';
import { callDoctor } from '../support/doctor-site.ts';
import { openNight } from '../support/night.ts';
import { type FhirFiles, patient, usCore, visit, writeFhir } from './fhir-site.ts';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fhir-setup-'));
});
afterAll(() => rm(parent, { recursive: true }));

const ids = (...systems: readonly string[]): FhirFiles[string] extends infer T ? T : never =>
  systems.map((system, index) =>
    patient(`p${index}`, { identifier: [{ system, value: `${index}`, type: { coding: [{ code: 'MR' }] } }] }),
  );

const files: FhirFiles = {
  'Patient.ndjson': ids('urn:oid:1.2', 'urn:oid:1.2', 'urn:oid:3.4'),
  'Encounter.ndjson': [visit('e1', 'p0')],
};

async function doctorOf(more: FhirFiles, settings: Record<string, string>) {
  const folder = await mkdtemp(join(parent, 'export-'));
  await writeFhir(folder, { ...files, ...more });
  const night = await openNight({ ehr: { kind: 'fhir', folder, contract: usCore }, settings });
  onTestFinished(() => night.close());
  return callDoctor(night.environment);
}

describe('the doctor', () => {
  it('lists the systems of identifiers with their counts', async () => {
    const { lines } = await doctorOf({}, { FHIR_COMPLETE: 'yes' });
    expect(lines('ok')).toContain(
      'ids of patients Identifiers of patients by their system: urn:oid:1.2 (MR) 2, urn:oid:3.4 (MR) 1. FHIR_MRN_SYSTEM is not set.',
    );
    expect(lines('ok')).toContain(
      'ids of visits Identifiers of visits by their system: none. FHIR_VISIT_SYSTEM is not set.',
    );
    expect(lines('fault')).toEqual([]);
  });

  it('counts who lacks the chosen identifier', async () => {
    const { lines } = await doctorOf({}, { FHIR_COMPLETE: 'yes', FHIR_MRN_SYSTEM: '1.2', FHIR_VISIT_SYSTEM: 'visits' });
    expect(lines('warning').join()).toContain('Of 3 patients, 1 have none of FHIR_MRN_SYSTEM=1.2.');
    expect(lines('fault').join()).toContain('None is of FHIR_VISIT_SYSTEM=visits.');
  });

  it('says what an export lacks', async () => {
    const { lines, exitCode } = await doctorOf({ 'Encounter.ndjson': '' }, {});
    expect(exitCode).toBe(64);
    expect(lines('fault').join()).toMatch(/no manifest\.json/);
  });
});

describe('init', () => {
  const init = (folder: string, ...others: readonly string[]) =>
    commandLine(['init', folder, '--sandbox', '--ehr-time-zone', 'America/Chicago', ...others], {});

  it('copies the contract for FHIR files, without being asked for it', async () => {
    const folder = join(parent, 'clinic');
    const { exitCode, stdout } = await init(folder, '--ehr-url', `fhir:${parent}`);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('contract/README.md')]);
    const copied = (await readdir(join(folder, 'contract'), { recursive: true }))
      .filter((name) => /\.(sql|md)$/.test(name))
      .sort();
    const shipped = (await readdir(usCore, { recursive: true })).filter((name) => /\.(sql|md)$/.test(name)).sort();
    expect(copied).toEqual(shipped);
    expect(await readFile(join(folder, 'contract/patients.sql'), 'utf8')).toBe(
      await readFile(join(usCore, 'patients.sql'), 'utf8'),
    );
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain(`EHR_URL=fhir:${parent}`);
  });

  it('refuses a contract that does not ship, and writes nothing', async () => {
    const folder = join(parent, 'unknown');
    const { exitCode, stderr } = await init(folder, '--ehr-url', `fhir:${parent}`, '--ehr', 'us-cor');
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining('us-core')]);
    expect(existsSync(folder)).toBe(false);
  });

  it('names the package’s own contract by default where EHR_URL names FHIR files', async () => {
    const { stdout } = await commandLine(['show-config'], { EHR_URL: `fhir:${parent}` });
    expect(stdout).toMatch(/EHR_CONTRACT\S*\s.*sql\/ehr\/us-core/);
    expect(existsSync(join(packageRoot, 'sql/ehr/us-core/patients.sql'))).toBe(true);
  });
});
