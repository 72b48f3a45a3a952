import { describe, expect, test } from 'vitest';
import { exportReasons, fileNamed, folderReasons, type ReadExport } from '../../../src/ehr/fhir/fhir-completeness.ts';
import { manifestOf } from '../../../src/ehr/fhir/fhir-manifest.ts';
import { errorsIn } from '../../../src/ehr/fhir/fhir-outcome.ts';
import type { JsonObject } from '../../../src/json.ts';
import { cpuMs } from '../cpu-time.ts';

const whole: JsonObject = {
  transactionTime: '2026-03-01T01:00:00Z',
  request: 'https://ehr.example.org/Group/1/$export',
  output: [
    { type: 'Patient', url: 'https://files.example.org/x/Patient.1.ndjson?signature=a/b', count: 2 },
    { type: 'Encounter', url: 'https://files.example.org/x/Encounter.1' },
  ],
  error: [],
};
const entries = whole['output'] as readonly JsonObject[];
const names = ['Encounter.1.ndjson.gz', 'Patient.1.ndjson'];

const reasonsOf = (changes: JsonObject, there: readonly string[] = names): string[] =>
  folderReasons({
    names: there,
    manifests: [manifestOf('manifest.json', { ...whole, ...changes }, 'America/Chicago')],
    isComplete: false,
  });

describe('a folder', () => {
  test('is whole with all files of its manifest', () => {
    expect(reasonsOf({})).toEqual([]);
  });

  test.each([
    ['a file is missing', {}, ['Patient.1.ndjson'], /names 1 file that are not there: Encounter\.1$/],
    ['the file of errors is missing', { error: [{ url: 'https://x/errors' }] }, names, /not there: errors$/],
    [
      'its request has _since',
      { request: 'https://x/$export?_type=Patient&_since=2026-01-01' },
      names,
      /request has _since/,
    ],
    ['it has deleted output', { deleted: [{ type: 'Bundle', url: 'x' }] }, names, /`deleted` output/],
    ['it is one of several pages', { link: [{ relation: 'next', url: 'x' }] }, names, /one of several pages/],
    ['it has no time', { transactionTime: 'soon' }, names, /no transactionTime/],
    ['its time is a year', { transactionTime: '2026' }, names, /no transactionTime/],
    ['its output is no list', { output: {} }, names, /lists no output files/],
    ['its output is empty', { output: [] }, names, /lists no output files/],
    ['an output has no url', { output: [...entries, { type: 'Goal' }] }, names, /lists 1 file without a url/],
    ['an output is no object', { output: [...entries, 'Goal.ndjson'] }, names, /lists 1 file without a url/],
    [
      'two files had the same name',
      { output: [...entries, { type: 'Patient', url: 'https://x/more/Patient.1.ndjson' }] },
      names,
      /several files that would be Patient\.1\.ndjson/,
    ],
    ['it has a folder of deletions', {}, [...names, 'deleted/1.ndjson'], /folder `deleted`/],
  ])('is refused if %s', (_, changes, there, reason) => {
    expect(reasonsOf(changes, there)).toEqual([expect.stringMatching(reason)]);
  });

  test('without a manifest needs a word of the site', () => {
    expect(folderReasons({ names, manifests: [], isComplete: true })).toEqual([]);
    expect(folderReasons({ names, manifests: [], isComplete: false })).toEqual([
      expect.stringMatching(/FHIR_COMPLETE=yes/),
    ]);
  });

  test('with two manifests is refused', () => {
    const manifests = ['a.json', 'b.json'].map((file) => manifestOf(file, whole, 'America/Chicago'));
    expect(folderReasons({ names, manifests, isComplete: true })).toEqual([expect.stringMatching(/a\.json, b\.json/)]);
  });
});

describe('a file of a manifest', () => {
  const found = (url: string, there: readonly string[]): string | undefined => {
    const [file] = manifestOf('manifest.json', { output: [{ type: 'Patient', url }] }, 'UTC').output;
    return file && fileNamed(file, there);
  };

  test.each([
    ['https://x/export/Patient/1.ndjson', ['Encounter/1.ndjson', 'Patient/1.ndjson'], 'Patient/1.ndjson'],
    ['https://x/export/Patient.ndjson', ['Archive/Patient.ndjson', 'Patient.ndjson'], 'Patient.ndjson'],
    ['https://x/o/a%2Fb%2FPatient.ndjson?alt=media', ['Patient.ndjson.gz'], 'Patient.ndjson.gz'],
    ['Pat%20ient.ndjson', ['Pat ient.ndjson'], 'Pat ient.ndjson'],
    ['Pat%20ient.ndjson', ['Pat%20ient.ndjson'], 'Pat%20ient.ndjson'],
    ['%E0%A4%A.ndjson', ['%E0%A4%A.ndjson'], '%E0%A4%A.ndjson'],
    ['../../Patient.ndjson', ['Patient.ndjson'], 'Patient.ndjson'],
    ['Patient.ndjson', ['Condition.ndjson'], undefined],
  ])('of %s is found among %j', (url, there, wanted) => {
    expect(found(url, there)).toBe(wanted);
  });

  test('is found among twenty thousand without a look at each of them', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `Condition.${index}.ndjson`);
    const output = many.map((name) => ({ type: 'Condition', url: `https://x/${name}` }));
    const manifests = [manifestOf('manifest.json', { ...whole, output }, 'UTC')];
    const startedAt = cpuMs();
    expect(folderReasons({ names: many, manifests, isComplete: false })).toEqual([]);
    // Many times what it takes; what is quadratic takes minutes.
    expect(cpuMs() - startedAt).toBeLessThan(5_000);
  });
});

const read = (changes: Partial<ReadExport> = {}): ReadExport => ({
  manifest: manifestOf('manifest.json', whole, 'America/Chicago'),
  files: new Map([
    ['Patient.1.ndjson', { type: 'Patient', lines: 2 }],
    ['Encounter.1.ndjson.gz', { type: 'Encounter', lines: 9 }],
  ]),
  resources: new Map([
    ['Patient', 2],
    ['Encounter', 9],
  ]),
  cut: [],
  subsets: [],
  errors: [],
  ...changes,
});

describe('an export', () => {
  test('is whole with the lines that its manifest counts', () => {
    expect(exportReasons(read())).toEqual([]);
  });

  const otherNames = new Map([
    ['a.ndjson', { type: 'Patient', lines: 1 }],
    ['b.ndjson', { type: 'Patient', lines: 1 }],
    ['c.ndjson', { type: 'Encounter', lines: 9 }],
  ]);

  test('is compared by its types where its files have other names', () => {
    expect(exportReasons(read({ files: otherNames }))).toEqual([]);
    const fewer = new Map([...otherNames].filter(([name]) => name !== 'b.ndjson'));
    expect(exportReasons(read({ files: fewer }))).toEqual([
      'the folder has 1 line of Patient, and manifest.json gives 2',
    ]);
    const manifest = manifestOf('manifest.json', { ...whole, error: [{ url: 'https://x/errors' }] }, 'UTC');
    expect(exportReasons(read({ files: otherNames, manifest }))).toEqual([
      'the folder has 0 files of OperationOutcome, and manifest.json gives 1',
    ]);
  });

  test.each([
    [
      'a count differs',
      { files: new Map([['Patient.1.ndjson', { type: 'Patient', lines: 1 }]]) },
      /has 1 line, and manifest\.json gives it 2/,
    ],
    [
      'a count is a text and differs',
      { manifest: manifestOf('m.json', { output: [{ url: 'Patient.1.ndjson', count: '7' }] }, 'UTC') },
      /has 2 lines, and m\.json gives it 7/,
    ],
    ['a line is cut off', { cut: ['Patient.1.ndjson'] }, /cut off within its last line/],
    ['it has no patient', { resources: new Map([['Encounter', 9]]) }, /no Patient resource/],
    ['it has no visit', { resources: new Map([['Patient', 2]]) }, /no Encounter resource/],
    ['resources lack elements', { subsets: ['Patient.1.ndjson'] }, /SUBSETTED/],
    ['the server reports an error', { errors: ['processing 59177'] }, /\(processing 59177\).*FHIR_ERRORS_BORNE/],
  ])('is refused if %s', (_, changes, reason) => {
    expect(exportReasons(read(changes))).toEqual([expect.stringMatching(reason)]);
  });
});

describe('a reported error', () => {
  const issue = (more: JsonObject = {}): JsonObject => ({
    issue: [
      { severity: 'error', code: 'processing', details: { coding: [{ code: '59177' }], text: 'Ann Lee' }, ...more },
    ],
  });
  const asked = { read: ['Patient', 'Observation'], borne: [] };

  test('is named by its codes, never by its text', () => {
    expect(errorsIn(issue(), asked)).toEqual(['processing 59177']);
  });

  test('may pass by either code', () => {
    expect(errorsIn(issue(), { ...asked, borne: ['59177'] })).toEqual([]);
    expect(errorsIn(issue(), { ...asked, borne: ['processing'] })).toEqual([]);
  });

  test('counts where the list is one object, or nested too deeply to read', () => {
    const deep = JSON.parse(`{"details":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as JsonObject;
    expect(errorsIn({ issue: { severity: 'fatal', code: 'x' } }, asked)).toEqual(['x']);
    expect(errorsIn({ issue: [{ severity: 'error', code: 'x', ...deep }] }, asked)).toEqual(['x']);
  });

  test('about a type that the contract does not read passes', () => {
    expect(errorsIn(issue({ diagnostics: 'Claim cannot be exported' }), asked)).toEqual([]);
    expect(errorsIn(issue({ expression: ['Observation.category'] }), asked)).toHaveLength(1);
  });

  test('of a lower severity is none', () => {
    expect(errorsIn(issue({ severity: 'warning' }), asked)).toEqual([]);
  });
});
