import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LandedResource, type ReadLine, readLine } from '../../../src/ehr/fhir/fhir-resource.ts';
import { landedTypes } from '../../../src/ehr/fhir/landed-type.ts';
import { damageMark } from '../../../src/values/damage.ts';
import type { JsonObject } from '../../../src/json.ts';

const lands = new Set(landedTypes);
const read = (line: string | Buffer): ReadLine => readLine(Buffer.from(line), 'America/Chicago', lands);

function landed(line: string | JsonObject): LandedResource {
  const found = read(typeof line === 'string' ? line : JSON.stringify(line));
  if ('resource' in found) return found.resource;
  throw new Error(`the line was not read: ${JSON.stringify(found)}`);
}

const contentOf = (line: string | JsonObject): JsonObject => JSON.parse(landed(line).resource) as JsonObject;
const observation = { resourceType: 'Observation', id: 'o' };

describe('a line', () => {
  test.each([
    ['no JSON', '{"resourceType":"Patient","id":"1"', { leftOut: 'no_resource', type: 'Patient' }],
    ['a list', '[{"resourceType":"Patient"}]', { leftOut: 'no_resource', type: 'Patient' }],
    ['without a type', '{"id":"1"}', { leftOut: 'no_resource', type: null }],
    ['without an id', '{"resourceType":"Patient"}', { leftOut: 'required_empty', type: 'Patient' }],
    ['with an empty id', '{"resourceType":"Patient","id":""}', { leftOut: 'required_empty', type: 'Patient' }],
    [
      'with an id of more than 2,000 bytes',
      `{"resourceType":"Patient","id":"${'é'.repeat(1001)}"}`,
      { leftOut: 'key_too_long', type: 'Patient' },
    ],
    ['with a zero byte', '{"resourceType":"Patient","id":"1\0"}', { leftOut: 'zero_byte', type: 'Patient' }],
    [
      'of a thousand levels',
      `{"resourceType":"Patient","id":"1","x":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      { leftOut: 'no_resource', type: 'Patient' },
    ],
  ])('%s is left out', (_, line, wanted) => {
    expect(read(line)).toEqual(wanted);
  });

  test('in another encoding is left out', () => {
    const bytes = Buffer.from('{"resourceType":"Patient","id":"1","name":[{"family":"Núñez"}]}', 'latin1');
    expect(read(bytes)).toEqual({ leftOut: 'not_utf8', type: 'Patient' });
  });

  test('has the same digest in another order of its elements, and another for another value', () => {
    const digest = (written: string): string => landed(`{"resourceType":"Observation","id":"o",${written}}`).digest;
    expect(digest('"a":{"c":[1,2],"b":1.0}')).toBe(digest('"a":{"b":1.0,"c":[1,2]}'));
    expect(new Set(['"a":1.0', '"a":1', '"a":"1"', '"b":1.0', '"a":[1.0]'].map(digest)).size).toBe(5);
    expect(digest('"a":null,"meta":{"lastUpdated":"2026-01-01"}')).toBe(digest('"a":null'));
  });

  test('of another type is counted, and no other text is taken for a type', () => {
    expect(read('{"resourceType":"Provenance"}')).toMatchObject({ type: 'Provenance' });
    expect(read('{"resourceType":"OperationOutcome"}')).toMatchObject({ type: 'OperationOutcome' });
    expect(read('{"resourceType":"Lee, Ann"}')).toMatchObject({ type: 'unknown type' });
  });

  test('has no elements that are null or empty', () => {
    const written = { ...observation, a: null, b: '', c: { d: null, e: 0 }, f: [null, 'x'] };
    expect(contentOf(written)).toEqual({ ...observation, c: { e: 0 }, f: [null, 'x'] });
    expect(landed(written).digest).toBe(landed({ ...observation, c: { e: 0 }, f: [null, 'x'] }).digest);
  });

  test('loses a reference that no index has room for', () => {
    const long = `Patient/${'é'.repeat(1001)}`;
    expect(landed({ ...observation, subject: { reference: long, display: 'x' } })).toMatchObject({ patient: null });
    expect(landed({ ...observation, subject: { reference: `Patient?identifier=${'x'.repeat(401)}` } }).open).toEqual(
      [],
    );
  });

  test('names the servers of its references', () => {
    const of = (reference: string): JsonObject => ({ ...observation, subject: { reference } });
    expect([...landed(of('https://a.org:8080/fhir/Patient/1')).origins]).toEqual([['Patient', 'https://a.org:8080']]);
    expect([...landed(of('Patient/1')).origins]).toEqual([]);
  });
});

describe('a damaged text', () => {
  test.each([
    ['a zero byte', String.raw`Jo\u0000hn`, damageMark, 'zero_byte'],
    ['half of a pair', String.raw`Jo\ud83dhn`, damageMark, 'not_utf8'],
    ['the other half', String.raw`Jo\uDE00hn`, damageMark, 'not_utf8'],
  ])('with %s becomes the damage mark', (_, written, text, problem) => {
    const line = `{"resourceType":"Patient","id":"1","name":[{"family":"${written}"}],"gender":"male"}`;
    expect(contentOf(line)).toMatchObject({ name: [{ family: text }], gender: 'male' });
    expect(landed(line).damage).toEqual([problem]);
  });

  test('that is the damage mark itself is no damage', () => {
    const line = `{"resourceType":"Patient","id":"1","name":[{"family":"a${damageMark}b"}]}`;
    expect(contentOf(line)).toMatchObject({ name: [{ family: 'a\ufffdb' }] });
    expect(landed(line).damage).toEqual([]);
  });

  test('with a whole pair is none', () => {
    expect(contentOf(String.raw`{"resourceType":"Patient","id":"1","name":[{"family":"\ud83d\ude00"}]}`)).toMatchObject(
      {
        name: [{ family: '😀' }],
      },
    );
  });

  test('is marked in every place', () => {
    const line = String.raw`{"resourceType":"Observation","id":"o","a\u0000":1,"meta":{"tag":[{"display":"x\ud800"}]},"n":1e999999}`;
    expect(landed(line).resource).not.toMatch(/\\u0000|\\ud8/i);
    expect(contentOf(line)['n']).toBeNull();
  });

  test('of an id becomes an id that is never sent, the same in a reference', () => {
    const line = String.raw`{"resourceType":"Observation","id":"o\u0000","subject":{"reference":"Patient/1\u0000"}}`;
    expect(landed(line)).toMatchObject({ id: 'o\ufffe', patient: '1\ufffe', damage: ['zero_byte', 'zero_byte'] });
  });
});

describe('a resource', () => {
  test('names its patient and its visit', () => {
    const reference = (to: string): JsonObject => ({ reference: to });
    const of = (more: JsonObject): object => {
      const { patient, encounter } = landed({ ...observation, ...more });
      return { patient, encounter };
    };
    const both = { patient: 'p', encounter: 'e' };
    expect(
      of({ subject: reference('https://x.org/Patient/p'), encounter: reference('Encounter/e/_history/1') }),
    ).toEqual(both);
    expect(of({ patient: reference('Patient/p'), context: { encounter: [reference('Encounter/e')] } })).toEqual(both);
    expect(
      of({ beneficiary: reference('Patient/p'), context: [reference('Appointment/a'), reference('Encounter/e')] }),
    ).toEqual(both);
    expect(of({ subject: reference('Group/g'), context: reference('EpisodeOfCare/c') })).toEqual({
      patient: null,
      encounter: null,
    });
    expect(of({ subject: reference('urn:uuid:P') })).toEqual({ patient: 'urn:uuid:p', encounter: null });
  });

  test('lists what only other resources can resolve', () => {
    const given = {
      ...observation,
      performer: [{ reference: 'urn:uuid:A' }, { reference: 'Practitioner?identifier=s|v' }],
    };
    expect(landed(given).open).toEqual(['urn:uuid:a', 'Practitioner?identifier=s|v']);
  });

  test.each([
    [
      'the time of recording first',
      { recordedDate: '2024-03-01T10:00:00Z', onsetDateTime: '2001-01-01' },
      '2024-03-01T10:00:00.000Z',
    ],
    [
      'the next where that names no day',
      { recordedDate: '2024', onsetDateTime: '2001-01-02T00:00:00Z' },
      '2001-01-02T00:00:00.000Z',
    ],
    ['a period', { effectivePeriod: { start: '2024-03-01T10:00:00+02:00' } }, '2024-03-01T08:00:00.000Z'],
    ['a day, in the zone of the EHR', { effectiveDateTime: '2024-03-01' }, '2024-03-01T06:00:00.000Z'],
    ['nothing of an impossible day', { effectiveDateTime: '2024-02-31' }, null],
  ])('began at %s', (_, times, began) => {
    expect(landed({ ...observation, ...times }).beganAt).toBe(began);
  });

  test('of a day began by the end of it', () => {
    expect(landed({ ...observation, effectiveDateTime: '2024-03-01' }).endedBy).toBe('2024-03-02T05:59:59.999Z');
  });

  test('keeps of its meta what it says of the content', () => {
    const meta = { lastUpdated: '2024-01-28T16:06:21-08:00', versionId: '3', security: [{ code: 'R' }] };
    expect(contentOf({ ...observation, meta })).toEqual({ ...observation, meta: { security: [{ code: 'R' }] } });
    expect(landed({ ...observation, meta })).toMatchObject({ updatedAt: '2024-01-29T00:06:21.000Z', isSubset: false });
    expect(landed({ ...observation, meta: { tag: [{ code: 'SUBSETTED' }] } }).isSubset).toBe(true);
  });

  test('has its attachments as text, or not at all', () => {
    const attachment = (contentType: string, text: string): JsonObject => ({
      contentType,
      data: Buffer.from(text).toString('base64'),
      url: 'https://files.example.org/1?signature=abc',
    });
    const given = {
      ...observation,
      content: [{ attachment: attachment('text/plain', 'Ä') }, { attachment: attachment('application/pdf', '%PDF') }],
    };
    const url = 'https://files.example.org/1';
    expect(contentOf(given)['content']).toEqual([
      { attachment: { contentType: 'text/plain', url, landed_text: 'Ä' } },
      { attachment: { contentType: 'application/pdf', url } },
    ]);
  });

  test('has the words of its narrative only where nothing else is asked of it', () => {
    const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Walk &amp; rest</p></div>' };
    expect(contentOf({ resourceType: 'CarePlan', id: 'c', text })['landed_text']).toMatch(/^\s*Walk & rest\s*$/);
    expect(contentOf({ ...observation, text })).toEqual(observation);
  });

  test('keeps every digit of its numbers', () => {
    const line = String.raw`{"resourceType":"Observation","id":"o","a":7.0,"b":[0.10,-1.50],"c":12345678901234567890,"d":1E2,"e":"7.0 \" ,1.0","f":3}`;
    expect(landed(line).resource).toBe(
      String.raw`{"resourceType":"Observation","id":"o","a":7.0,"b":[0.10,-1.50],"c":12345678901234567890,"d":1E2,"e":"7.0 \" ,1.0","f":3}`,
    );
  });

  test('is otherwise as it was, whatever its elements', () => {
    const element = fc
      .string()
      .filter((name) => !['reference', 'contentType', 'meta', 'text', '__proto__'].includes(name));
    const isWhole = (value: unknown): boolean =>
      !/[\0\p{Surrogate}\ufdd0]/u.test(JSON.stringify(value)) &&
      !/:(?:null|"")/.test(JSON.stringify(value)) &&
      !/\\u(0000|d)/i.test(JSON.stringify(value));
    fc.assert(
      fc.property(fc.dictionary(element, fc.jsonValue()).filter(isWhole), (elements) => {
        const text = JSON.stringify({ ...elements, ...observation });
        fc.pre(!/"(reference|contentType)":/.test(text));
        expect(contentOf(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
