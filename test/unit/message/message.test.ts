import { describe, expect, test } from 'vitest';
import type { EncounterRow, PatientRow } from '../../../src/contract/contract.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { Built } from '../../../src/message/context.ts';
import { nextDocumentVersion } from '../../../src/message/document/header.ts';
import { comparable } from '../../../src/message/fingerprint/fingerprint.ts';
import { withEventDateTime } from '../../../src/message/parts.ts';
import { buildNewPatient, buildPatientMerge, buildPatientUpdate } from '../../../src/message/patient.ts';
import { buildVisitPush } from '../../../src/message/document/visit.ts';
import { expectGolden } from './golden.ts';
import {
  context,
  encounterRow,
  fullPatient,
  inpatientVisit,
  outpatientVisit,
  patientRow,
  push,
  sparsePatient,
  sparseVisit,
  versionOf,
} from './rows.ts';

const messages = {
  'new-patient': buildNewPatient(fullPatient, context),
  'new-patient-sparse': buildNewPatient(sparsePatient, context),
  'patient-update': buildPatientUpdate(fullPatient, { ...context, test: false, sourceId: null }),
  'patient-merge': buildPatientMerge(fullPatient, ['MRN 7', 'MRN 8'], context),
  'visit-push-outpatient': buildVisitPush(
    outpatientVisit,
    fullPatient,
    { mrn: 'MRN 1042/Ä', version: versionOf(1) },
    context,
  ),
  'visit-push-inpatient': buildVisitPush(
    inpatientVisit,
    fullPatient,
    { mrn: 'MRN 1042/Ä', version: versionOf(12) },
    { ...context, documentType: 'name' },
  ),
  'visit-push-sparse': buildVisitPush(sparseVisit, sparsePatient, { mrn: 'p-7', version: versionOf(1) }, context),
} satisfies Record<string, Built>;

test.each(Object.entries(messages))('the message %s is the one in its golden file', (name, built) => {
  expectGolden(name, built);
});

/** Reads a path such as `Patient.Demographics.DOB`; a number is an index. */
const at = ({ message }: Built, path: string): JsonValue | undefined =>
  path.split('.').reduce<JsonValue | undefined>((value, key) => (value as JsonObject | undefined)?.[key], message);

const patientWith = (values: Partial<PatientRow>): Built =>
  buildNewPatient(patientRow({ patient_id: '1', ...values }), context);
const visitWith = (values: Partial<EncounterRow>): Built =>
  buildVisitPush(encounterRow({ encounter_id: '1', patient_id: '1', ...values }), fullPatient, push, context);

describe('every message', () => {
  test.each(Object.entries(messages))('%s has no empty value', (_, { message }) => {
    const visit = (value: JsonValue): void => {
      expect(value).not.toBeNull();
      if (typeof value === 'string') expect(value.trim()).not.toBe('');
      if (typeof value !== 'object' || value === null) return;
      expect(Object.keys(value)).not.toHaveLength(0);
      Object.values(value as JsonObject).forEach(visit);
    };
    visit(message);
  });

  test('gets its time from the caller', () => {
    const { message } = messages['new-patient'];
    const sent = withEventDateTime(message, new Date('2024-01-02T03:04:05.006Z'));
    expect(sent).toEqual({
      ...message,
      Meta: { ...(message['Meta'] as JsonObject), EventDateTime: '2024-01-02T03:04:05.006Z' },
    });
    expect(message['Meta']).not.toHaveProperty('EventDateTime');
  });

  test('is the same when it is built again', () => {
    expect(buildNewPatient(fullPatient, context)).toEqual(messages['new-patient']);
  });
});

describe('a patient', () => {
  test('goes by the exact mrn, else the patient_id', () => {
    expect(at(patientWith({ mrn: ' 7 ' }), 'Patient.Identifiers')).toEqual([{ ID: ' 7 ', IDType: context.patientOid }]);
    expect(at(patientWith({ mrn: null }), 'Patient.Identifiers.0.ID')).toBe('1');
    expect(at(patientWith({ mrn: ' ' }), 'Patient.Identifiers.0.ID')).toBe('1');
  });

  test.each([
    [{ deceased: 't' }, true, undefined],
    [{ deceased: 'f' }, false, undefined],
    [{ deceased: null }, undefined, undefined],
    [{ deceased: 'f', deceased_at: '2024-01-02' }, false, undefined],
    [{ deceased: 't', deceased_at: '2024-01-02' }, true, '2024-01-02'],
    [{ deceased_at: '2024-01-02 12:00:00' }, true, '2024-01-02T17:00:00.000Z'],
    [{ deceased: 'f', deceased_at: 'infinity' }, false, undefined],
  ])('with %j is deceased: %j, at %j', (values, deceased, deathDateTime) => {
    expect(at(patientWith(values), 'Patient.Demographics.IsDeceased')).toBe(deceased);
    expect(at(patientWith(values), 'Patient.Demographics.DeathDateTime')).toBe(deathDateTime);
  });

  test.each([
    [
      { state: 'Ontario', zip: 'K1A 0B1', country: 'Canada' },
      { State: 'Ontario', ZIP: 'K1A 0B1', Country: 'CA' },
    ],
    [
      { state: 'Puerto Rico', zip: '00901', country: 'PR' },
      { State: 'PR', ZIP: '00901', Country: 'PR' },
    ],
    [
      { state: 'new jersey', zip: '07001' },
      { State: 'NJ', ZIP: '07001' },
    ],
    [{ state: 'Ontario', country: 'Atlantis' }, { State: 'Ontario' }],
  ])('with %j lives at %j', (values, address) => {
    expect(at(patientWith(values), 'Patient.Demographics.Address')).toEqual(address);
  });

  test('is reported by column for what it cannot say', () => {
    expect(messages['new-patient-sparse'].findings.toSorted((a, b) => (a.column < b.column ? -1 : 1))).toEqual([
      { column: 'birth_date', problem: 'malformed' },
      { column: 'email', problem: 'malformed' },
      { column: 'race', problem: 'unmapped' },
      { column: 'state', problem: 'unmapped' },
    ]);
  });

  test("who survives a merge is reported once, by the patient's message", () => {
    expect(buildPatientMerge(sparsePatient, ['1'], context).findings).toEqual([]);
  });

  test('without a source id sends no source', () => {
    expect(at(messages['patient-update'], 'Meta')).not.toHaveProperty('Source');
  });
});

describe('a visit', () => {
  test.each([
    ['outpatient', 'finished', '11506-3'],
    ['virtual', 'finished', '11506-3'],
    ['home', 'finished', '11506-3'],
    ['emergency', 'finished', '11506-3'],
    ['inpatient', 'finished', '18842-5'],
    ['inpatient', 'open', '34133-9'],
    ['other', 'finished', '34133-9'],
    ['surprising', 'finished', '34133-9'],
    [null, 'finished', '34133-9'],
  ])('of class %s that is %s is a document %s', (encounterClass, status, code) => {
    const built = visitWith({ class: encounterClass, status });
    expect(at(built, 'Header.Document.TypeCode.Code')).toBe(code);
    expect(at(built, 'Header.Document.Type')).toBe(code);
  });

  test('without a status counts as discharged once it ends', () => {
    const typeOf = (ended_at: string | null): unknown =>
      at(visitWith({ class: 'inpatient', ended_at }), 'Header.Document.Type');
    expect([typeOf(null), typeOf('2024-01-02')]).toEqual(['34133-9', '18842-5']);
  });

  test("has one document id for all pushes, in the site's namespace", () => {
    expect(at(visitWith({ encounter_id: 'a^b', started_at: '2024-01-02' }), 'Header.Document.ID')).toBe(
      `${context.documentOid}^a^b`,
    );
  });

  test("numbers its pushes as versions of its document's set", () => {
    const visit = encounterRow({ encounter_id: 'a^b', patient_id: '1' });
    const versions = [1, 10].map((version) =>
      at(buildVisitPush(visit, fullPatient, { mrn: '1', version: versionOf(version) }, context), 'Header.Document'),
    );
    const id = `${context.documentOid}^a^b`;
    expect(versions).toMatchObject([
      { ID: id, SetID: id, VersionNumber: '1' },
      { ID: id, SetID: id, VersionNumber: '10' },
    ]);
  });

  test.each([
    ['the seconds since 2020 by the clock', 0, '2020-01-01T00:01:00.999Z', 60],
    ['the known one plus one where the clock is not ahead of it', 60, '2020-01-01T00:01:00Z', 61],
    ['the clock where it is ahead by one', 59, '2020-01-01T00:01:00Z', 60],
    ['1 where nothing is known and the clock is wrong', 0, '1970-01-01T00:00:00Z', 1],
  ])('is next %s', (_, known, now, version) => {
    expect(nextDocumentVersion(known, new Date(now))).toEqual({ number: version, madeAt: new Date(now) });
  });

  test('is dated by its version, never by its own times', () => {
    const started_at = '2024-01-02 10:00:00+00';
    const madeAt = push.version.madeAt.toISOString();
    for (const values of [{ started_at }, { started_at, ended_at: '2024-01-03' }, {}]) {
      expect(at(visitWith(values), 'Header.Document.DateTime')).toBe(madeAt);
    }
  });

  test.each([
    [{ provider_npi: '1234567893', provider_id: '7' }, { ID: '1234567893', IDType: 'NPI' }, []],
    [{ provider_npi: null, provider_id: ' 7' }, { ID: ' 7', IDType: 'PRN' }, []],
    [{ provider_npi: '1234567890', provider_id: '7' }, { ID: '7', IDType: 'PRN' }, ['provider_npi']],
    [{ provider_last_name: 'Stone' }, { LastName: 'Stone' }, []],
    [{}, undefined, []],
  ])('with %j is by %j', (values, author, columns) => {
    const built = visitWith(values);
    expect(at(built, 'Header.Document.Author')).toEqual(author);
    expect(built.findings.map(({ column }) => column)).toEqual(columns);
  });

  test.each([
    ['73211009', 'SNOMED', { CodeSystem: '2.16.840.1.113883.6.96', CodeSystemName: 'SNOMED CT' }],
    ['73211009', 'http://snomed.info/sct', { CodeSystem: '2.16.840.1.113883.6.96', CodeSystemName: 'SNOMED CT' }],
    ['4548-4', 'urn:oid:2.16.840.1.113883.6.1', { CodeSystem: '2.16.840.1.113883.6.1', CodeSystemName: 'LOINC' }],
    ['J02.9', 'I10C', { CodeSystem: '2.16.840.1.113883.6.90', CodeSystemName: 'ICD-10-CM' }],
    ['462', 'icd9', { CodeSystem: '2.16.840.1.113883.6.103', CodeSystemName: 'ICD-9-CM' }],
    ['99222', 'cpt-4', { CodeSystem: '2.16.840.1.113883.6.12', CodeSystemName: 'CPT' }],
    ['08', '2.16.840.1.113883.12.292', { CodeSystem: '2.16.840.1.113883.12.292', CodeSystemName: 'CVX' }],
    ['1', null, {}],
  ])('with the reason %s in %j names the system twice', (reason_code, reason_code_system, system) => {
    const built = visitWith({ reason_code, reason_code_system });
    expect(at(built, 'Encounters.0.ReasonForVisit')).toEqual([{ Code: reason_code, ...system }]);
    expect(built.findings).toEqual([]);
  });

  test.each([
    ['House codes', { CodeSystemName: 'House codes' }],
    ['1.2.3.4', { CodeSystem: '1.2.3.4' }],
  ])('with a reason in the unknown system %j sends it unchanged', (reason_code_system, system) => {
    const built = visitWith({ reason_code: '1', reason_code_system });
    expect(at(built, 'Encounters.0.ReasonForVisit')).toEqual([{ Code: '1', ...system }]);
    expect(built.findings).toEqual([{ column: 'reason_code_system', problem: 'unmapped' }]);
  });

  test('omits a code system without a code', () => {
    const built = visitWith({ reason_code_system: 'LOINC' });
    expect(at(built, 'Encounters.0')).not.toHaveProperty('ReasonForVisit');
  });

  test("reports its own columns, and leaves the patient's to the patient", () => {
    expect(messages['visit-push-inpatient'].findings).toEqual([
      { column: 'started_at', problem: 'ambiguous_time' },
      { column: 'ended_at', problem: 'ambiguous_time' },
      { column: 'reason_code_system', problem: 'unmapped' },
      { column: 'provider_npi', problem: 'malformed' },
    ]);
    expect(messages['visit-push-sparse'].findings).toEqual([]);
  });
});

describe('the compared part of a message', () => {
  const visit = (patient: PatientRow, mrn = '1'): string =>
    comparable(buildVisitPush(outpatientVisit, patient, { mrn, version: versionOf(1) }, context).message);

  test('excludes sender, destination and time', () => {
    const { message } = buildNewPatient(fullPatient, context);
    const elsewhere = buildPatientUpdate(fullPatient, { ...context, test: false, destinationId: 'other' }).message;
    expect(comparable(withEventDateTime(message, new Date()))).toBe(comparable(elsewhere));
  });

  test("excludes a visit's demographics and MRN", () => {
    expect(visit(sparsePatient)).toBe(visit(fullPatient));
    expect(visit(fullPatient, '2')).toBe(visit(fullPatient));
  });

  test("excludes a document's version and keeps its id", () => {
    const pushed = (version: number, encounter_id: string): string =>
      comparable(
        buildVisitPush(
          { ...outpatientVisit, encounter_id },
          fullPatient,
          { mrn: '1', version: versionOf(version) },
          context,
        ).message,
      );
    expect(pushed(2, 'a')).toBe(pushed(1, 'a'));
    expect(pushed(1, 'b')).not.toBe(pushed(1, 'a'));
  });

  test('keeps demographics in a message about the patient', () => {
    expect(comparable(buildNewPatient(fullPatient, context).message)).not.toBe(
      comparable(buildNewPatient({ ...fullPatient, city: 'Boston' }, context).message),
    );
  });

  test('ignores the order of keys, and keeps that of lists', () => {
    expect(comparable({ b: { d: 1, c: [1, 2] }, a: null })).toBe(comparable({ a: null, b: { c: [1, 2], d: 1 } }));
    expect(comparable({ a: [1, 2] })).not.toBe(comparable({ a: [2, 1] }));
    expect(comparable({ Meta: { x: 1 }, b: { d: 1, c: [true] } })).toBe('{"b":{"c":[true],"d":1}}');
  });

  test('accepts a message without a header', () => {
    expect(comparable({ Header: 'none' })).toBe('{"Header":"none"}');
  });
});
