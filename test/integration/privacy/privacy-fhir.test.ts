import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { commandLine } from '../../command-line.ts';
import { type FhirFiles, patient, problem, usCore, visit, writeFhir } from '../fhir/fhir-site.ts';
import { openNight } from '../support/night.ts';
import { fileTexts, ledgerTexts, serverLog, type Texts } from './channels.ts';
import { word } from './patient-values.ts';
import { Hunt } from './spellings.ts';

/** Values of patients like no other word, in elements that the contract reads and in others. */
const secrets = new Map<string, string>();
const secret = (place: string, row = 0): string => {
  const value = word(place, row);
  secrets.set(value, place);
  return value;
};

const person = (id: string, row: number): JsonObject =>
  patient(id, {
    name: [{ use: 'official', family: secret('family', row), given: [secret('given', row)] }],
    address: [{ line: [secret('line', row)], city: secret('city', row), state: 'TX', postalCode: '78701' }],
    telecom: [{ system: 'email', value: `${secret('email', row)}@example.org` }],
    contact: [{ name: { family: secret('contact', row) }, relationship: [{ text: secret('relation', row) }] }],
    photo: [{ title: secret('photo', row) }],
  });

const care = (row: number): JsonObject =>
  problem(`c${row}`, `p${row}`, secret('problem', row), {
    note: [{ text: secret('note', row) }],
    encounter: { reference: `Encounter/v${row}` },
  });

const cough = (row: number): JsonObject =>
  visit(`v${row}`, `p${row}`, '2026-01-10', {
    reasonCode: [{ text: secret('reason', row) }],
    type: [{ text: secret('type', row) }],
  });

const text = (resource: JsonObject): string => JSON.stringify(resource);

it('FHIR files leave no value of a patient behind, whatever is wrong with them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'privacy-fhir-'));
  const [files, temporary] = [join(folder, 'export'), join(folder, 'tmp')];
  await mkdir(files);
  await mkdir(temporary);
  const night = await openNight({
    ehr: { kind: 'fhir', folder: files, contract: usCore },
    settings: { FHIR_COMPLETE: 'yes', LOG_LEVEL: 'debug' },
  });
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await night.close();
    await rm(folder, { recursive: true });
  });
  const said: Record<string, string> = {};
  const run = async (...argv: readonly string[]): Promise<number> => {
    const { exitCode, stdout, stderr } = await commandLine(argv, night.environment);
    said[argv[0] ?? ''] = `${said[argv[0] ?? ''] ?? ''}${stdout}${stderr}`;
    return exitCode;
  };
  const write = (more: FhirFiles): Promise<void> => writeFhir(files, more);

  const rows = [1, 2, 3];
  const whole: FhirFiles = {
    'Patient.ndjson': rows.map((row) => person(`p${row}`, row)),
    'Encounter.ndjson': rows.map(cough),
    'Condition.ndjson': rows.map(care),
  };
  await write(whole);
  expect([0, 2]).toContain(await run('doctor', '--columns'));
  expect([0, 2]).toContain(await run('nightly'));

  // Lines that are broken, damaged or of no type; a reference that resolves to nobody; a number that nothing stores.
  const [first = {}, second = {}, third = {}] = rows.map((row) => person(`p${row}`, row));
  await write({
    'Patient.ndjson': `${text(first).slice(0, -8)}\n${text(second).replace('"family":"', String.raw`"family":"\u0000`)}\n${text(third)}\n`,
    'Encounter.ndjson': `${rows.map((row) => text(cough(row))).join('\n')}\n{"${secret('key')}":1}\n`,
    'Condition.ndjson': rows.map((row) => ({
      ...care(row),
      onsetAge: { value: 1e300 },
      asserter: { reference: `urn:uuid:${secret('uuid', row)}` },
    })),
  });
  await run('doctor');
  await run('nightly', '--plan-only');

  const refused: readonly FhirFiles[] = [
    { ...whole, 'Patient.ndjson': `${text(first)}\n${text(second).slice(0, -9)}` },
    {
      ...whole,
      'errors.ndjson': [
        {
          resourceType: 'OperationOutcome',
          issue: [
            {
              severity: 'fatal',
              code: 'exception',
              diagnostics: secret('diagnostics'),
              details: { text: secret('details') },
            },
          ],
        },
      ],
    },
    {
      'errors.ndjson': '',
      'Patient.ndjson': rows.map((row) => ({ ...person(`p${row}`, row), meta: { tag: [{ code: 'SUBSETTED' }] } })),
    },
  ];
  for (const change of refused) {
    await write(change);
    expect(await run('nightly')).toBe(75);
    await run('doctor');
  }

  const texts: Texts = {
    ...said,
    log: night.logged(),
    ...(await fileTexts(night.reportDir)),
    ...(await fileTexts(temporary)),
    ...(await ledgerTexts(night)),
    ...(await serverLog(night)),
  };
  expect(Object.keys(texts)).toEqual(
    expect.arrayContaining(['nightly', 'doctor', 'file data-quality.csv', 'log of the server']),
  );
  const hunt = new Hunt(secrets);
  for (const [where, content] of Object.entries(texts)) {
    expect({ where, found: hunt.in(content).slice(0, 5) }).toEqual({ where, found: [] });
  }
});
