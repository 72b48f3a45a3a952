import { describe, expect, it, vi } from 'vitest';
import { eventTypes } from '../../../src/decide/call.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { messages } from '../../../src/redox/schema/messages.ts';
import { queries } from '../../../src/redox/schema/queries.ts';
import { isList, OneOf, Required, type Shape } from '../../../src/redox/schema/notation.ts';
import { validatorOf } from '../../../src/redox/validator.ts';
import type { Violation } from '../../../src/sandbox/redox/messages/check.ts';
import { checkOf, type EventName } from '../../../src/sandbox/redox/messages/events.ts';
import { wholeMessages, wholeQueries } from './whole-messages.ts';

// Thousands of damaged messages: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const shapes = { ...messages, ...queries };
const events = Object.entries({ ...wholeMessages, ...wholeQueries }) as [EventName, JsonObject][];

/** Every scalar of a shape: `Patient.Notes[]`. */
function fieldsOf(shape: Shape, path: string): readonly string[] {
  if (shape instanceof Required) return fieldsOf(shape.shape, path);
  if (typeof shape === 'string' || shape instanceof OneOf) return [path];
  if (isList(shape)) return fieldsOf(shape[0], `${path}[]`);
  return Object.entries(shape).flatMap(([key, field]) => fieldsOf(field, path === '' ? key : `${path}.${key}`));
}

/** Every scalar of a message, lists as one. */
function fieldsIn(value: JsonValue, path: string): readonly string[] {
  if (isArray(value)) return value.flatMap((item) => fieldsIn(item, `${path}[]`));
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, item]) => fieldsIn(item, path === '' ? key : `${path}.${key}`));
}

/** The fields that must be there. */
function requiredIn(shape: Shape, path: string): readonly string[] {
  if (shape instanceof Required) return [path, ...requiredIn(shape.shape, path)];
  if (typeof shape === 'string' || shape instanceof OneOf) return [];
  if (isList(shape)) return requiredIn(shape[0], `${path}[]`);
  return Object.entries(shape).flatMap(([key, field]) => requiredIn(field, path === '' ? key : `${path}.${key}`));
}

const ofMeta = ['Meta', 'Meta.DataModel', 'Meta.EventType', 'Meta.Destinations', 'Meta.Destinations[].ID'];
const identifiers = (path: string): readonly string[] => [path, `${path}[].ID`, `${path}[].IDType`];
const ofPatient = ['Patient', ...identifiers('Patient.Identifiers')];
const ofOrganization = [
  ...['Directory', 'Organizations', 'Organizations[].Active', 'Organizations[].Name'],
  ...identifiers('Organizations[].Identifiers'),
  ...['', '.Identifier', '.Identifier.Value'].map((path) => `Organizations[].PartOf${path}`),
];
const ofDocument = [
  '',
  '.ID',
  '.Type',
  '.TypeCode',
  '.TypeCode.Code',
  '.TypeCode.CodeSystem',
  '.TypeCode.CodeSystemName',
];

/** By hand, from Redox's field lists and its Carequality guide. */
const requiredFields: Readonly<Record<EventName, readonly string[]>> = {
  'PatientAdmin:NewPatient': ofPatient,
  'PatientAdmin:PatientUpdate': ofPatient,
  'PatientAdmin:PatientMerge': [...ofPatient, ...identifiers('Patient.PreviousIdentifiers')],
  'Clinical Summary:VisitPush': [
    ...['Header', 'Header.Patient', ...identifiers('Header.Patient.Identifiers')],
    ...ofDocument.map((path) => `Header.Document${path}`),
  ],
  'Organization:New': ofOrganization,
  'Organization:Update': [...ofOrganization, 'Action'],
  'PatientSearch:Query': [],
  'PatientSearch:LocationQuery': ofPatient,
  'Clinical Summary:DocumentQuery': ofPatient,
  'Clinical Summary:DocumentGet': ['Document', 'Document.ID'],
  'Organization:Query': ['Directory'],
};

describe.each(events)('the fields of %s', (event, message) => {
  it('equal those that Redox documents', () => {
    expect(fieldsOf(shapes[event], '').toSorted()).toEqual(fieldsIn(message, '').toSorted());
  });

  it('are required exactly when Redox requires them', () => {
    expect(requiredIn(shapes[event], '').toSorted()).toEqual([...ofMeta, ...requiredFields[event]].toSorted());
  });
});

type Damage = (value: JsonValue) => JsonValue | undefined;

/** The message with one value damaged, for each that `damage` can damage, and the path of it. */
function* damagedBy(damage: Damage, value: JsonValue, path = ''): Generator<[string, JsonValue]> {
  const damaged = damage(value);
  if (damaged !== undefined) yield [path, damaged];
  if (isArray(value)) {
    for (const [at, item] of value.entries())
      for (const [place, other] of damagedBy(damage, item, `${path}[${at}]`)) yield [place, value.with(at, other)];
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === 'Extensions') continue; // its keys are free
      for (const [place, other] of damagedBy(damage, item, `${path}.${key}`)) yield [place, { ...value, [key]: other }];
    }
  }
}

const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !isArray(value) && Object.keys(value).length > 0;

const withUnknownKey = (value: JsonValue): JsonValue | undefined =>
  isObject(value) ? { ...value, Surplus: 'x' } : undefined;

/** An object as a list of itself, a list as its first element, and a scalar as an object. */
function inAnotherForm(value: JsonValue): JsonValue | undefined {
  if (isArray(value)) return value[0];
  if (value === null) return undefined;
  return isObject(value) ? [value] : { Text: 'x' };
}

/** A date, a phone number or an OID written in another way, and a number or flag as a text. */
function writtenWrongly(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  if (/^\d{4}-\d{2}-\d{2}/.test(value)) return value.replaceAll('-', '/');
  if (value === '+16085551234') return value.slice(1);
  return /^2\.16\.840\.1\.113883\.[56]\.\d+$/.test(value) ? `urn:oid:${value}` : undefined;
}

const damages = [withUnknownKey, inAnotherForm, writtenWrongly];

/** The paths whose damage goes unnoticed. */
const unnoticed = (message: JsonValue, isGood: (damaged: JsonValue) => boolean): readonly string[] =>
  damages
    .flatMap((damage) => [...damagedBy(damage, message)])
    .filter(([, damaged]) => isGood(damaged))
    .map(([path]) => path);

function violationsOf(event: EventName, message: JsonValue): readonly Violation[] {
  const found: Violation[] = [];
  checkOf(event)(message, '', found);
  return found;
}

it.each(events)('the stand-in takes %s in full, and refuses each damage', (event, message) => {
  expect(violationsOf(event, message)).toEqual([]);
  expect(unnoticed(message, (damaged) => violationsOf(event, damaged).length === 0)).toEqual([]);
});

it.each(eventTypes)('the preflight passes %s in full, and refuses each damage', (eventType) => {
  const isValid = validatorOf(eventType);
  const [, message = {}] = events.find(([event]) => event.endsWith(`:${eventType}`)) ?? [];
  const whole = withoutNulls(message);
  expect(isValid(whole) ? [] : isValid.errors).toEqual([]);
  expect(unnoticed(whole, (damaged) => isValid(damaged))).toEqual([]);
});

function withoutNulls(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value, (_, item: unknown) => item ?? undefined)) as JsonValue;
}
