import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { sections } from '../../../src/contract/section.ts';
import { landedTypes } from '../../../src/ehr/fhir/landed-type.ts';
import { leftOutOf, type SourceFile } from '../../../src/decide/source/source.ts';
import { RefusedFault } from '../../../src/fault.ts';
import { type FhirFiles, type FhirSite, fhirSite, patient, problem, visit } from './fhir-site.ts';

let site: FhirSite;
beforeAll(async () => {
  site = await fhirSite();
});
afterAll(() => site.drop());

const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0);
const rowsOf = (file: SourceFile): number => file.lines - leftOutOf(file);
const line = (resource: JsonObject): string => JSON.stringify(resource);
const lines = (...resources: readonly JsonObject[]): string => resources.map((one) => `${line(one)}\n`).join('');
const usual: FhirFiles = { 'Patient.ndjson': [patient('1')], 'Encounter.ndjson': [visit('e1', '1')] };

describe('FHIR files', () => {
  it('are read with a byte-order mark, CRLF, blank lines, packed and without a last line end', async () => {
    const { landing, ...open } = await site.read({
      'Patient.1.ndjson': `\ufeff\r\n${line(patient('1'))}\r\n\r\n${line(patient('2'))}`,
      'more/Patient.2.ndjson.gz': gzipSync(lines(patient('3'))),
      'Patient.3.ndjson': gzipSync(lines(patient('4'))),
      'Encounter.ndjson': [visit('e1', '1')],
      'log.ndjson': '{"eventId":"kickoff"}\n',
      '.Patient.part.ndjson': '{"resourceType":"Pat',
    });
    expect([...(await open.patients()).keys()]).toEqual(['1', '2', '3', '4']);
    expect(landing.findings).toEqual([]);
    expect(landing.source.map(({ file, table, lines: count }) => [file, table, count])).toEqual([
      ['Encounter.ndjson', 'encounter', 1],
      ['Patient.1.ndjson', 'patient', 2],
      ['Patient.3.ndjson', 'patient', 1],
      ['more/Patient.2.ndjson.gz', 'patient', 1],
    ]);
  });

  it('lose a line that cannot be read, each for a reason', async () => {
    const { landing, ...open } = await site.read({
      ...usual,
      'Patient.ndjson': Buffer.concat([
        Buffer.from(lines(patient('1'))),
        Buffer.from('{"resourceType":"Patient","id":"2",\n'),
        Buffer.from(line(patient('3', { name: [{ family: 'Núñez' }] })), 'latin1'),
        Buffer.from('\n{"resourceType":"Patient"}\n'),
        Buffer.from(
          String.raw`{"resourceType":"Patient","id":"5","name":[{"family":"N\u0000","given":["Ann"]}],"birthDate":"1980-01-02"}`,
        ),
      ]),
    });
    expect(landing.findings).toEqual([
      { file: 'Patient.ndjson', line: 2, problem: 'no_resource', column: null },
      { file: 'Patient.ndjson', line: 3, problem: 'not_utf8', column: null },
      { file: 'Patient.ndjson', line: 4, problem: 'required_empty', column: null },
      { file: 'Patient.ndjson', line: 5, problem: 'zero_byte', column: 'Patient' },
    ]);
    expect([...(await open.patients()).keys()]).toEqual(['1', '5']);
    expect((await open.patients()).get('5')?.['last_name']).toBe('\u{fdd0}');
  });

  it('give the newest of a resource, then the last by file and line', async () => {
    const named = (family: string, lastUpdated?: string): JsonObject =>
      patient('1', { name: [{ family }], ...(lastUpdated === undefined ? {} : { meta: { lastUpdated } }) });
    const familyOf = async (files: FhirFiles): Promise<unknown> =>
      (await (await site.read({ ...usual, ...files })).patients()).get('1')?.['last_name'];
    expect(
      await familyOf({
        'Patient.ndjson': [
          named('new', '2026-01-02T00:00:00Z'),
          named('old', '2026-01-01T00:00:00Z'),
          named('undated'),
        ],
      }),
    ).toBe('new');
    expect(await familyOf({ 'Patient.2.ndjson': [named('second')], 'Patient.ndjson': [named('last')] })).toBe('last');
    expect(await familyOf({ 'Patient.ndjson': [named('first'), named('later')] })).toBe('later');
  });

  it('name each other by relative, absolute, versioned, uuid and conditional references', async () => {
    const uuid = '4026988c-ab06-4635-8c53-86cbad7b1c56';
    const other = '5126988c-ab06-4635-8c53-86cbad7b1c56';
    const provider = (reference: string): JsonObject => ({ participant: [{ individual: { reference } }] });
    const open = await site.read({
      'Patient.ndjson': [patient(uuid)],
      'Practitioner.ndjson': [
        {
          resourceType: 'Practitioner',
          id: 'd',
          identifier: [{ system: 's', value: 'v "1"' }],
          name: [{ family: 'Doe' }],
        },
        { resourceType: 'Practitioner', id: other, name: [{ family: 'Roe' }] },
        { resourceType: 'Practitioner', id: 'two-a', identifier: [{ system: 's', value: 'twice' }] },
        { resourceType: 'Practitioner', id: 'two-b', identifier: [{ system: 's', value: 'twice' }] },
      ],
      'Encounter.ndjson': [
        visit('relative', uuid, undefined, provider('Practitioner/d')),
        visit('absolute', uuid, undefined, {
          ...provider('https://x.org/fhir/Practitioner/d/_history/2'),
          subject: { reference: `urn:uuid:${uuid.toUpperCase()}` },
        }),
        visit('conditional', uuid, undefined, {
          ...provider('Practitioner?identifier=s%7Cv%20%221%22'),
          subject: { reference: 'Patient?identifier=urn:oid:1.2.3|M-4026988c-ab06-4635-8c53-86cbad7b1c56' },
        }),
        visit('ambiguous', uuid, undefined, provider('Practitioner?identifier=s|twice')),
        visit('uuid', uuid, undefined, provider(`urn:uuid:${other}`)),
        visit('in a role', uuid, undefined, provider('PractitionerRole?identifier=s|role')),
        visit('of a patient', uuid, undefined, provider(`urn:uuid:${uuid}`)),
      ],
      'PractitionerRole.ndjson': [
        {
          resourceType: 'PractitionerRole',
          id: 'r',
          identifier: [{ system: 's', value: 'role' }],
          practitioner: { reference: 'Practitioner?identifier=s|v "1"' },
        },
      ],
    });
    const rows = [...(await open.encounters())].map(([id, row]) => [
      id,
      row['patient_id'],
      row['provider_id'],
      row['provider_last_name'],
    ]);
    expect(rows).toEqual([
      ['absolute', uuid, 'd', 'Doe'],
      ['ambiguous', uuid, null, null],
      ['conditional', uuid, 'd', 'Doe'],
      ['in a role', uuid, 'd', 'Doe'],
      ['of a patient', uuid, null, null],
      ['relative', uuid, 'd', 'Doe'],
      ['uuid', uuid, other, 'Roe'],
    ]);
  });

  it('land whatever a resource holds', async () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\0', '\ud800', '\udc00', '\ufdd0', '\\', '"', '\t', '\u0001n1', 'é', '\u2028', 'x'),
    });
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        hostile,
        fc.double(),
        fc.bigInt().map(Number),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.dictionary(
        fc.oneof(
          hostile,
          fc.constantFrom('reference', 'contentType', 'data', 'meta', 'tag', 'text', 'subject', 'period', 'identifier'),
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    })).object;
    const resources = fc.sample(value, { numRuns: 400, seed: 7 }) as JsonObject[];
    const content = resources.map((one, index) => ({
      ...one,
      resourceType: landedTypes[index % landedTypes.length] ?? '',
      id: `r${index}`,
    }));
    const { landing, ...open } = await site.read({ ...usual, 'Anything.ndjson': content });
    expect(sum(landing.source.map(rowsOf))).toBe(402);
    expect(landing.source.flatMap(({ leftOut }) => leftOut)).toEqual([]);
    for (const section of sections) await open.section(section);
    expect((await open.patients()).size).toBeGreaterThan(1);
  });

  it('are read once each where a link leads back to a folder above', async () => {
    const folder = await site.folder({ ...usual, 'more/Condition.ndjson': [problem('c', '1', 'Cough')] });
    await symlink('..', join(folder, 'more/up'));
    const { source } = await site.land(folder);
    expect(source.map(({ file }) => file)).toEqual(['Encounter.ndjson', 'Patient.ndjson', 'more/Condition.ndjson']);
  });

  it('land with references and identifiers that no index has room for', async () => {
    const long = Array.from({ length: 60_000 }, (_, index) => (index ** 3 % 36).toString(36)).join('');
    const of = (reference: string): JsonObject => ({ reference: `${reference}${long}` });
    const { landing, ...open } = await site.read(
      {
        ...usual,
        'Patient.ndjson': [patient('1', { link: [{ type: 'replaces', other: of('Patient/') }] })],
        'Encounter.ndjson': [
          visit('e1', '1', undefined, { identifier: [{ system: 'v', value: 'V-1' }] }),
          visit('e2', '1', undefined, { identifier: [{ system: 'v', value: long }] }),
          visit('e3', '1', undefined, {
            subject: of('Patient/'),
            participant: [{ individual: of('Practitioner?identifier=s|') }],
          }),
        ],
        'Practitioner.ndjson': [{ resourceType: 'Practitioner', id: 'd', identifier: [{ system: 's', value: long }] }],
        'Coverage.ndjson': [{ resourceType: 'Coverage', id: 'c', beneficiary: of('Patient/') }],
        'Condition.ndjson': [problem('c', '1', 'Cough', { subject: of('Patient/'), encounter: of('Encounter/') })],
      },
      { visitSystem: 'v' },
    );
    expect(sum(landing.source.map(rowsOf))).toBe(7);
    expect([...(await open.encounters()).keys()]).toEqual(['V-1']);
  });

  it('warn where references name several servers', async () => {
    const at = (server: string): JsonObject => ({ subject: { reference: `https://${server}.org/fhir/Patient/1` } });
    const { remarks } = await site.land(
      await site.folder({
        ...usual,
        'Encounter.ndjson': [visit('e1', '1', undefined, at('a')), visit('e2', '1', undefined, at('b'))],
      }),
    );
    expect(remarks).toEqual([
      {
        file: 'Encounter.ndjson',
        sentence: expect.stringContaining(
          'References to Patient name several servers (https://a.org, https://b.org)',
        ) as string,
        isWarning: true,
      },
    ]);
  });

  it('fetch the same bytes as they scan', async () => {
    const open = await site.read(usual);
    expect((await open.patients()).get('1')).toMatchObject({ mrn: 'M-1', last_name: 'Lee', zip: '78701' });
    expect((await open.encounters()).get('e1')).toMatchObject({
      class: 'outpatient',
      status: 'finished',
      started_at: '2026-01-10T09:00:00Z',
    });
  });
});

const manifest = (more: JsonObject = {}): string =>
  JSON.stringify({
    transactionTime: '2026-01-11T02:00:00.000Z',
    request: 'https://x.org/$export',
    output: [
      { type: 'Patient', url: 'https://x.org/files/Patient.ndjson', count: 1 },
      { type: 'Encounter', url: 'https://x.org/files/Encounter.ndjson', count: 1 },
    ],
    ...more,
  });

describe('a manifest', () => {
  it('gives the clock of the source', async () => {
    const landing = await site.land(await site.folder({ ...usual, 'manifest.json': manifest() }), {
      isComplete: false,
    });
    expect(landing.oldestFileTime).toEqual(new Date('2026-01-11T02:00:00.000Z'));
    expect(landing.source.map(({ modifiedAt }) => modifiedAt)).toEqual([
      landing.oldestFileTime,
      landing.oldestFileTime,
    ]);
  });

  it('leaves files alone that it does not name', async () => {
    const files = { ...usual, 'Patient.old.ndjson': [patient('9')], 'manifest.json': manifest() };
    const landing = await site.land(await site.folder(files), { isComplete: false });
    expect(landing.source.filter(({ table }) => table === 'patient').map(rowsOf)).toEqual([1]);
    expect(landing.remarks).toEqual([
      {
        file: 'Patient.old.ndjson',
        sentence: expect.stringContaining('does not name Patient.old.ndjson') as string,
        isWarning: true,
      },
    ]);
  });
});

describe('an export that is not whole', () => {
  const outcome = (code: string): JsonObject => ({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, diagnostics: 'Observation of Ann Lee failed' }],
  });
  const withErrors = { error: [{ type: 'OperationOutcome', url: 'https://x.org/files/errors.ndjson' }] };

  it.for<readonly [string, FhirFiles, RegExp]>([
    ['has no manifest', {}, /no manifest\.json.*FHIR_COMPLETE=yes/],
    ['has a spoilt manifest', { 'manifest.json': manifest().slice(0, -9) }, /manifest\.json has no transactionTime/],
    [
      'lacks a file',
      {
        'manifest.json': manifest({
          output: [
            { type: 'Patient', url: 'Patient.ndjson' },
            { type: 'Condition', url: 'x/Condition.ndjson' },
          ],
        }),
      },
      /not there: Condition\.ndjson/,
    ],
    [
      'has fewer lines than counted',
      {
        'manifest.json': manifest({
          output: [
            { type: 'Patient', url: 'Patient.ndjson', count: 2 },
            { type: 'Encounter', url: 'Encounter.ndjson' },
          ],
        }),
      },
      /Patient\.ndjson has 1 line, and manifest\.json gives it 2/,
    ],
    [
      'is cut off in its last line',
      {
        'Patient.ndjson': `${lines(patient('1'))}{"resourceType":"Patient","id":"`,
        'manifest.json': manifest({
          output: [
            { type: 'Patient', url: 'Patient.ndjson' },
            { type: 'Encounter', url: 'Encounter.ndjson' },
          ],
        }),
      },
      /Patient\.ndjson is cut off/,
    ],
    [
      'is cut off in its packing',
      {
        'Patient.ndjson': gzipSync(lines(patient('1'))).subarray(0, -9),
        'manifest.json': manifest({
          output: [
            { type: 'Patient', url: 'Patient.ndjson' },
            { type: 'Encounter', url: 'Encounter.ndjson' },
          ],
        }),
      },
      /Patient\.ndjson is cut off/,
    ],
    [
      'has no visit',
      { 'Encounter.ndjson': '', 'manifest.json': manifest({ output: [{ type: 'Patient', url: 'Patient.ndjson' }] }) },
      /no Encounter resource/,
    ],
    [
      'is a delta by its request',
      { 'manifest.json': manifest({ request: 'https://x.org/$export?_since=2026-01-01T00:00:00Z' }) },
      /_since/,
    ],
    [
      'is a delta by its deletions',
      { 'manifest.json': manifest({ deleted: [{ type: 'Bundle', url: 'd.ndjson' }] }) },
      /`deleted` output/,
    ],
    [
      'is a delta by a manifest in a folder',
      { 'more/manifest.json': manifest({ request: 'https://x.org/$export?_since=2026-01-01T00:00:00Z' }) },
      /more\/manifest\.json: its request has _since/,
    ],
    [
      'has a manifest that is nested too deeply',
      { 'manifest.json': `{"request":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
      /manifest\.json has no transactionTime/,
    ],
    [
      'has resources without some elements',
      { 'Patient.ndjson': [patient('1', { meta: { tag: [{ code: 'SUBSETTED' }] } })], 'manifest.json': manifest() },
      /SUBSETTED/,
    ],
    [
      'reports an error',
      { 'errors.ndjson': [outcome('processing')], 'manifest.json': manifest(withErrors) },
      /errors about types .*\(processing\)/,
    ],
  ])('is refused: it %s', async ([, files, reason]) => {
    const folder = await site.folder({ ...usual, ...files });
    const fault: unknown = await site.land(folder, { isComplete: false }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(RefusedFault);
    expect((fault as Error).message).toMatch(reason);
    expect((fault as Error).message).not.toMatch(/Lee/);
  });

  it('is taken with an error that the site bears', async () => {
    const files = { ...usual, 'errors.ndjson': [outcome('processing')], 'manifest.json': manifest(withErrors) };
    const landing = await site.land(await site.folder(files), { isComplete: false, errorsBorne: ['processing'] });
    expect(landing.source.filter(({ table }) => table === 'patient').map(rowsOf)).toEqual([1]);
  });

  it('leaves no table behind', async () => {
    const folder = await site.folder({ 'Patient.ndjson': [patient('1')] });
    await expect(site.land(folder)).rejects.toThrow(/no Encounter resource/);
    const { rows } = await site.session.query(
      'a look',
      "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%landing%'",
    );
    const schemas = rows.length;
    await expect(site.land(folder)).rejects.toThrow();
    expect(
      (await site.session.query('a look', "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%landing%'")).rows,
    ).toHaveLength(schemas);
  });
});
