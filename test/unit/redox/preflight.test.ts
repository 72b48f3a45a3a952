import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { EventType } from '../../../src/decide/call.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { withEventDateTime } from '../../../src/message/parts.ts';
import { objectionDetail } from '../../../src/message/objection.ts';
import { openPreflight } from '../../../src/redox/preflight.ts';
import { context } from '../message/rows.ts';

// It damages each field of each golden message.
vi.setConfig({ testTimeout: 60_000 });

const folder = join(import.meta.dirname, '../message/golden');

const golden = (file: string): JsonObject => JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject;

const messageIn = (file: string): JsonObject => golden(file)['message'] as JsonObject;

/** A section's golden file holds what stands below the header. */
function withSection(file: string): JsonObject {
  const section = Object.entries(golden(file)).filter(([key]) => key !== 'findings');
  return { ...messageIn('visit-push-outpatient.golden.json'), ...Object.fromEntries(section) };
}

/** Every golden message as it would leave. */
const messages: readonly (readonly [string, EventType, JsonObject])[] = readdirSync(folder)
  .filter((file) => /^(?:new-patient|patient-|visit-push-|section-)/.test(file))
  .map((file) => {
    const message = file.startsWith('section-') ? withSection(file) : messageIn(file);
    const { EventType: eventType } = message['Meta'] as { readonly EventType: EventType };
    return [file, eventType, withEventDateTime(message, new Date('2024-01-02T03:04:05.006Z'))] as const;
  });

const preflight = openPreflight({ ...context, sizeLimitBytes: 10_000_000 });

/** What a message is refused for, as the report says it; null where it may go. */
function refusal(eventType: EventType, message: JsonObject): string | null {
  const objection = preflight(eventType, message);
  return objection === null ? null : objectionDetail(objection);
}

const visit = messages.find(([file]) => file === 'visit-push-outpatient.golden.json')?.[2] ?? {};
const merge = messages.find(([file]) => file === 'patient-merge.golden.json')?.[2] ?? {};

type Key = string | number;

/** The message with another value at a place; undefined takes it out. */
function put(value: JsonValue, [key, ...path]: readonly Key[], replacement: JsonValue | undefined): JsonValue {
  if (key === undefined) return replacement ?? null;
  const copy: Record<Key, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as JsonValue[])]
    : { ...(value as JsonObject) };
  const held = (copy as Record<Key, JsonValue>)[key] ?? null;
  if (path.length === 0 && replacement === undefined) Reflect.deleteProperty(copy, key);
  else (copy as Record<Key, JsonValue>)[key] = put(held, path, replacement);
  return copy as JsonValue;
}

const damaged = (message: JsonObject, path: readonly Key[], replacement?: JsonValue): JsonObject =>
  put(message, path, replacement) as JsonObject;

test.each(messages)('the message in %s passes', (_, eventType, message) => {
  expect(refusal(eventType, message)).toBeNull();
});

test('there is a golden message of every event', () => {
  expect(new Set(messages.map(([, eventType]) => eventType)).size).toBe(4);
  expect(messages.length).toBeGreaterThan(20);
});

describe('a message is refused with the faulty place,', () => {
  test.each<[string, string, JsonObject]>([
    [
      'a key that Redox does not document',
      'Header.Document.Titel: unknown_key',
      damaged(visit, ['Header', 'Document', 'Titel'], 'x'),
    ],
    [
      'a key that cannot be one of Redox’s, without naming it',
      'Header.?: unknown_key',
      damaged(visit, ['Header', 'Jane Doe'], 'x'),
    ],
    ['no patient', 'Header.Patient: missing', damaged(visit, ['Header', 'Patient'])],
    ['no version', 'Header.Document.VersionNumber: missing', damaged(visit, ['Header', 'Document', 'VersionNumber'])],
    [
      'a version that is no number',
      'Header.Document.VersionNumber: malformed',
      damaged(visit, ['Header', 'Document', 'VersionNumber'], '01'),
    ],
    [
      'another set than its own',
      'Header.Document.SetID: wrong_value',
      damaged(visit, ['Header', 'Document', 'SetID'], 'x'),
    ],
    [
      'a document id under another OID',
      'Header.Document.ID: wrong_value',
      damaged(visit, ['Header', 'Document', 'ID'], '1.2.3^7'),
    ],
    [
      'a document id that is the OID alone',
      'Header.Document.ID: wrong_value',
      damaged(visit, ['Header', 'Document', 'ID'], `${context.documentOid}^`),
    ],
    [
      'a type that is not the code’s',
      'Header.Document.Type: wrong_value',
      damaged(visit, ['Header', 'Document', 'Type'], '18842-5'),
    ],
    [
      'a document that no responder sends',
      'Header.Document.TypeCode.Code: wrong_value',
      damaged(visit, ['Header', 'Document', 'TypeCode', 'Code'], '34117-2'),
    ],
    [
      'a patient under another OID',
      'Header.Patient.Identifiers: wrong_value',
      damaged(visit, ['Header', 'Patient', 'Identifiers', 0, 'IDType'], 'MR'),
    ],
    [
      'a control character',
      'Encounters[0].Identifiers[0].ID: not_xml',
      damaged(visit, ['Encounters', 0, 'Identifiers', 0, 'ID'], 'a\u0001'),
    ],
    ['a zero byte', 'Header.Document.Title: not_xml', damaged(visit, ['Header', 'Document', 'Title'], 'a\u0000b')],
    [
      'half of a surrogate pair',
      'Header.Document.Title: not_xml',
      damaged(visit, ['Header', 'Document', 'Title'], 'a\ud83d'),
    ],
    [
      'a birth date with a time',
      'Header.Patient.Demographics.DOB: malformed',
      damaged(visit, ['Header', 'Patient', 'Demographics', 'DOB'], '1980-05-01T00:00:00.000Z'),
    ],
    [
      'a day that no calendar has',
      'Header.Patient.Demographics.DOB: malformed',
      damaged(visit, ['Header', 'Patient', 'Demographics', 'DOB'], '2023-02-29'),
    ],
    [
      'a time with an offset',
      'Encounters[0].DateTime: malformed',
      damaged(visit, ['Encounters', 0, 'DateTime'], '2024-01-02T03:04:05+01:00'),
    ],
    [
      'a phone number that is not E.164',
      'Header.Patient.Demographics.PhoneNumber.Home: malformed',
      damaged(visit, ['Header', 'Patient', 'Demographics', 'PhoneNumber', 'Home'], '617-555-0142'),
    ],
    [
      'an office phone, which only PatientAdmin has',
      'Header.Patient.Demographics.PhoneNumber.Office: unknown_key',
      damaged(visit, ['Header', 'Patient', 'Demographics', 'PhoneNumber', 'Office'], '+16175550142'),
    ],
    [
      'a code system that is no OID',
      'Encounters[0].Type.CodeSystem: malformed',
      damaged(visit, ['Encounters', 0, 'Type', 'CodeSystem'], 'SNOMED CT'),
    ],
    [
      'another event than it is sent as',
      'Meta.EventType: wrong_value',
      damaged(visit, ['Meta', 'EventType'], 'PatientPush'),
    ],
    [
      'a data model without its blank',
      'Meta.DataModel: wrong_value',
      damaged(visit, ['Meta', 'DataModel'], 'ClinicalSummary'),
    ],
    ['no destination', 'Meta.Destinations: empty', damaged(visit, ['Meta', 'Destinations'], [])],
    ['a null', 'Encounters[0].Type.Name: null', damaged(visit, ['Encounters', 0, 'Type', 'Name'], null)],
    [
      'a number that JSON does not have',
      'Encounters[0].Type.Name: wrong_type',
      damaged(visit, ['Encounters', 0, 'Type', 'Name'], NaN),
    ],
  ])('for %s', (_, expected, message) => {
    expect(refusal('VisitPush', message)).toBe(expected);
  });

  test('for a retired identifier that is not under the patient OID', () => {
    expect(refusal('PatientMerge', damaged(merge, ['Patient', 'PreviousIdentifiers', 1, 'IDType'], 'MR'))).toBe(
      'Patient.PreviousIdentifiers: wrong_value',
    );
  });

  test('without a retired patient', () => {
    expect(refusal('PatientMerge', damaged(merge, ['Patient', 'PreviousIdentifiers']))).toBe(
      'Patient.PreviousIdentifiers: missing',
    );
  });
});

describe('an unconfirmed rule passes:', () => {
  test.each<[string, readonly Key[], JsonValue]>([
    ['a word of no value set', ['Header', 'Patient', 'Demographics', 'Race'], 'Martian'],
    ['a text that is no markup', ['EncountersText'], '<table><tr>'],
    ['a character beyond the first plane', ['Header', 'Document', 'Title'], 'a 😀'],
    ['a bare date where Redox’s list says a time', ['Header', 'Document', 'DateTime'], '2024-02-29'],
  ])('%s', (_, path, value) => {
    expect(refusal('VisitPush', damaged(visit, path, value))).toBeNull();
  });
});

/** Every place in a message: objects, lists and scalars alike. */
function placesIn(value: JsonValue, path: readonly Key[] = []): (readonly Key[])[] {
  const below = Array.isArray(value)
    ? (value as readonly JsonValue[]).flatMap((item, index) => placesIn(item, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [path, ...below];
}

const valueAt = (message: JsonValue, path: readonly Key[]): JsonValue =>
  path.reduce<JsonValue>((value, key) => (value as Readonly<Record<Key, JsonValue>>)[key] ?? null, message);

const written = (path: readonly Key[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);

interface Damage {
  readonly message: JsonObject;
  /** Paths of which one is named, or one below it. */
  readonly named: readonly string[];
}

const isDate = (value: JsonValue): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value);

/** The damages that this place can take. */
function damagesAt(message: JsonObject, path: readonly Key[]): Damage[] {
  const value = valueAt(message, path);
  const here = written(path);
  const changed = (replacement: JsonValue): Damage => ({ message: damaged(message, path, replacement), named: [here] });
  const key = path.at(-1);
  const isObject = typeof value === 'object' && value !== null;
  const renamed = `${String(key)}x`;
  const inTexts = typeof value === 'string' && isDate(value) && !/Title|Name|ID|Text$/.test(String(key));
  return [
    changed(isObject ? 'text' : { Text: 'object' }),
    changed(typeof value === 'string' ? 7 : [['list']]),
    changed(null),
    ...(isObject ? [changed(Array.isArray(value) ? [] : {})] : []),
    ...(typeof value === 'string' ? [changed(''), changed(' '), changed(`${value}\u0007`)] : []),
    ...(inTexts ? [changed(`${value.slice(0, 4)}-13-01`), changed(value.replaceAll('-', '/'))] : []),
    ...(typeof key === 'string'
      ? [
          {
            message: damaged(damaged(message, path), [...path.slice(0, -1), renamed], value),
            named: [here, written([...path.slice(0, -1), renamed])],
          },
        ]
      : []),
  ];
}

test('a golden message damaged in one place is refused there', () => {
  const damage = fc
    .constantFrom(...messages)
    .chain(([file, eventType, message]) =>
      fc
        .constantFrom(...placesIn(message))
        .chain((path) => fc.constantFrom(...damagesAt(message, path)).map((one) => ({ file, eventType, ...one }))),
    );
  fc.assert(
    fc.property(damage, ({ eventType, message, named }) => {
      const objection = preflight(eventType, message);
      const path = objection?.path ?? 'nothing was found';
      const isNamed = named.some(
        (place) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`),
      );
      if (!isNamed) expect(path).toBe(named.join(' or '));
    }),
    { numRuns: 2_000 },
  );
});

describe('the size of a message', () => {
  const bytes = Buffer.byteLength(JSON.stringify(visit));

  test('counts JSON in UTF-8, and may equal the limit', () => {
    expect(openPreflight({ ...context, sizeLimitBytes: bytes })('VisitPush', visit)).toBeNull();
    expect(bytes).toBeGreaterThan(JSON.stringify(visit).length);
  });

  test('above the limit is refused with its largest section', () => {
    const large = { ...visit, ResultText: 'é'.repeat(5_000) };
    const objection = openPreflight({ ...context, sizeLimitBytes: 10_000 })('VisitPush', large);
    expect(objection).toEqual({
      reason: 'too_large',
      path: 'ResultText',
      pathBytes: 10_002,
      messageBytes: bytes + 10_002 + ',"ResultText":'.length,
      limitBytes: 10_000,
    });
    expect(objection === null ? '' : objectionDetail(objection)).toMatch(
      /^ResultText: 10002 of \d{5} bytes, limit 10000$/,
    );
  });
});
