import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import {
  change,
  documentOid,
  errorsOf,
  json,
  patientOid,
  post,
  send,
  startTestStandIn,
  tokenOf,
  type Received,
} from './stand-in-client.ts';
import { newPatient, organizationNew, patientMerge, patientUpdate, visitPush } from './stand-in-messages.ts';
import { narrativeOf, narrativesAlone, sections } from './stand-in-sections.ts';

const sourceId = '11111111-2222-4333-8444-555555555555';
let redox: StandIn;
let token: string;

beforeAll(async () => {
  redox = await startTestStandIn({ sourceId, maxBodyBytes: 100_000, rateLimit: null });
  token = await tokenOf(redox.url);
  await deliver(newPatient('P1'));
  await deliver(newPatient('P2'));
});
afterAll(() => redox.close());

const deliver = (message: JsonValue, headers?: Readonly<Record<string, string>>): Promise<Received> =>
  post(redox.url, token, message, headers);

/** The one error that a message earns. */
async function refusal(message: JsonValue): Promise<string | undefined> {
  const received = await deliver(message);
  expect(received.status).toBe(400);
  expect(errorsOf(received)).toHaveLength(1);
  return errorsOf(received)[0];
}

/** The message a value stands in, its path there, values that are good and values that are not. */
type Family = readonly [string, () => JsonObject, string, readonly JsonValue[], readonly JsonValue[]];

const demographics = 'Patient.Demographics';
const header = 'Header.Document';

const families: readonly Family[] = [
  ['a DOB', newPatient, `${demographics}.DOB`, ['1999-12-31', '2024-02-29', null], ['', '2023-02-29', '1999-12-31T00:00:00.000Z', '12/31/1999', 19991231]],
  ['a DateTime', newPatient, `${demographics}.DeathDateTime`, ['2024-02-29T23:59:59.999Z', '2024-02-29', null], ['2024-02-30', '2024-02-30T00:00:00.000Z', '2024-02-29T24:00:00.000Z', '2024-02-29T23:59:59Z', '2024-02-29T23:59:59.999+01:00']],
  ['a DateTime of Meta', newPatient, 'Meta.EventDateTime', ['2024-02-29T23:59:59.999Z'], ['2024-02-29', 'now']],
  ['a sex', newPatient, `${demographics}.Sex`, ['Female', 'Nonbinary', 'Unknown', null], ['', 'F', 'female', true]],
  ['a race', newPatient, `${demographics}.Race`, ['Asian', 'Other Race'], ['Black', 'white']],
  ['a marital status', newPatient, `${demographics}.MaritalStatus`, ['Common law', 'Legally Separated'], ['M', 'Common Law']],
  ['a relation', newPatient, 'Patient.Contacts.0.RelationToPatient', ['Life Partner', 'Self'], ['Wife']],
  ['a phone', newPatient, `${demographics}.PhoneNumber.Home`, ['+16085551234', '+4930123456'], ['6085551234', '(608) 555-1234', '+1 608 555 1234', '+06085551234', '+1234567890123456']],
  ['a language', newPatient, `${demographics}.Language`, ['en', 'es'], ['eng', 'EN', 'English', 'en-US']],
  ['a country', newPatient, `${demographics}.Address.Country`, ['US', 'USA', 'CA'], ['us', 'United States', 'CAN']],
  ['a citizenship', newPatient, `${demographics}.Citizenship`, [['US', 'DE'], []], [['USA'], [null], 'US', null]],
  ['an SSN', newPatient, `${demographics}.SSN`, ['101-01-0001', '101010001'], ['101 01 0001', '1010-10-001', '0001']],
  ['a flag', newPatient, `${demographics}.IsDeceased`, [true, false, null], ['true', 0, '']],
  ['e-mail addresses of PatientAdmin', newPatient, `${demographics}.EmailAddresses`, [['a@example.org'], []], [[''], [{ Address: 'a@example.org' }], null]],
  ['an address', newPatient, `${demographics}.Address`, [{}], [null, '4762 Hickory Street', []]],
  ['a name', newPatient, `${demographics}.LastName`, ["O'Brien", 'Ł', null], ['', 7, {}]],
  ['an insurance date', newPatient, 'Patient.Insurances.0.EffectiveDate', ['2015-01-01'], ['2015-01-01T00:00:00.000Z']],
  ['an agreement type', newPatient, 'Patient.Insurances.0.AgreementType', ['Unified'], ['Basic']],
  ['a coverage type', newPatient, 'Patient.Insurances.0.CoverageType', ['Clinic'], ['None']],
  ['a code set of a diagnosis', patientUpdate, 'Patient.Diagnoses.0.Codeset', ['ICD-10', 'CPT'], ['ICD10']],
  ['a type of a diagnosis', patientUpdate, 'Patient.Diagnoses.0.Type', ['Working'], ['final']],
  ['Meta.Test', newPatient, 'Meta.Test', [true, false, null], ['true']],
  ['Meta.Extensions', newPatient, 'Meta.Extensions', [{}, { 'user-id': { string: 'x' } }], [null, [], 'x']],
  ['a document id', visitPush, `${header}.ID`, [`${documentOid}^V 1/ä"`, 'b3f1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c5d'], [`${documentOid}^`, `${patientOid}^V1`, 'V1', 'b3f1c2d4-5e6f-1a7b-8c9d-0e1f2a3b4c5d']],
  ['a document type', visitPush, `${header}.Type`, ['11506-3', 'Progress Note', 'Progress note'], ['18842-5', 'Visit note']],
  ['a code system of the type', visitPush, `${header}.TypeCode.CodeSystem`, ['2.16.840.1.113883.6.1'], ['2.16.840.1.113883.6.96', 'LOINC', '2.16.', '3.1']],
  ['a code system', visitPush, `${header}.Confidentiality.CodeSystem`, ['2.16.840.1.113883.5.25', '1.2.3', null], ['SNOMED', 'urn:oid:1.2.3', '1.02.3', '1.40.3']],
  ['phones of Clinical Summary', visitPush, 'Header.Patient.Demographics.PhoneNumber', [{ Home: '+16085551234', Mobile: null }], [{ Office: '+16085551234' }]],
  ['e-mail addresses of Clinical Summary', visitPush, 'Header.Patient.Demographics.EmailAddresses', [[{ Address: 'a@example.org' }]], [['a@example.org']]],
  ['the start of a visit', visitPush, `${header}.Visit.StartDateTime`, ['2024-02-29T09:30:00.000Z', '2024-02-29'], ['2024-02-29 09:30']],
]; // prettier-ignore

describe('the rules of a value', () => {
  it.each(families)('takes %s that is good', async (_, message, path, good) => {
    for (const value of good)
      expect(errorsOf(await deliver(change(message(), path, value))), JSON.stringify(value)).toEqual([]);
  });

  it.each(families)('refuses %s, which is bad, and names its path', async (_, message, path, __, bad) => {
    for (const value of bad) {
      const text = await refusal(change(message(), path, value));
      const field = path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
      expect(text, JSON.stringify(value)).toContain(field);
      expect(text).toMatch(/must|is not a field/);
    }
  });

  it('hides the value that it refuses', async () => {
    expect(await refusal(change(newPatient(), `${demographics}.DOB`, '6 January 2008'))).toBe(
      'Patient.Demographics.DOB must be a real date, YYYY-MM-DD in PatientAdmin:NewPatient',
    );
  });
});

describe('the fields of a message', () => {
  it.each([
    ['Patient', newPatient, 'PatientAdmin:NewPatient'],
    ['Patient.Identifiers', newPatient, 'PatientAdmin:NewPatient'],
    ['Patient.Identifiers[0].ID', newPatient, 'PatientAdmin:NewPatient'],
    ['Patient.Identifiers[0].IDType', patientUpdate, 'PatientAdmin:PatientUpdate'],
    ['Patient.PreviousIdentifiers', () => patientMerge('P2', 'P1'), 'PatientAdmin:PatientMerge'],
    ['Header', visitPush, 'Clinical Summary:VisitPush'],
    ['Header.Document.ID', visitPush, 'Clinical Summary:VisitPush'],
    ['Header.Document.Type', visitPush, 'Clinical Summary:VisitPush'],
    ['Header.Document.TypeCode', visitPush, 'Clinical Summary:VisitPush'],
    ['Header.Patient.Identifiers', visitPush, 'Clinical Summary:VisitPush'],
    ['Meta.Destinations', visitPush, 'Clinical Summary:VisitPush'],
    ['Directory', organizationNew, 'Organization:New'],
    ['Organizations[0].Active', organizationNew, 'Organization:New'],
  ])('must have %s, and null is not enough', async (field, message, event) => {
    const path = field.replace(/\[(\d+)\]/g, '.$1');
    const expected = `Required field missing - ${field} in ${event}`;
    expect(await refusal(change(message(), path, undefined))).toBe(expected);
    expect(await refusal(change(message(), path, null))).toBe(expected);
  });

  it.each<[string, () => JsonObject]>([
    ['Visit', newPatient],
    ['Patient.Diagnoses', newPatient],
    ['Patient.Demographics.Ethnicity', newPatient],
    ['Patient.Demographics.Address.Zip', newPatient],
    ['Patient.Contacts', () => patientMerge('P2', 'P1')],
    ['Header.Patient.Demographics.IsHispanic', visitPush],
    ['AllergiesText', visitPush],
    ['Meta.Errors', newPatient],
  ])('must not be others: %s', async (path, message) => {
    expect(await refusal(change(message(), path, []))).toContain(`${path} is not a field of this message`);
  });

  it('are all there at once, for every event', async () => {
    for (const message of [newPatient(), patientUpdate(), visitPush()]) {
      expect((await deliver(message)).status).toBe(200);
    }
  });

  it('may have many faults, and the answer lists the first twenty', async () => {
    const many = Array.from({ length: 1000 }, () => '');
    const received = await deliver(change(newPatient(), 'Patient.Notes', many));
    expect(errorsOf(received)).toHaveLength(20);
  });
});

describe('a section of VisitPush', () => {
  it.each(Object.entries(sections))('is taken whole: %s', async (key, section) => {
    const narrative = narrativeOf[key] ?? `${key}Text`;
    const text = key === 'NoteSections' ? {} : { [narrative]: '<paragraph>As told</paragraph>' };
    const received = await deliver({ ...visitPush(), [key]: section, ...text });
    expect(errorsOf(received)).toEqual([]);
  });

  it.each(Object.entries(sections))('is refused with an unknown field: %s', async (key, section) => {
    const path = Array.isArray(section) ? `${key}.0.Surplus` : `${key}.Surplus`;
    const message = change({ ...visitPush(), [key]: section }, path, 'x');
    expect(await refusal(message)).toContain('is not a field of this message');
  });

  it.each(Object.entries(sections))('is refused as null or in another form: %s', async (key, section) => {
    expect(await refusal({ ...visitPush(), [key]: null })).toMatch(/must be an (array|object)/);
    expect(await refusal({ ...visitPush(), [key]: Array.isArray(section) ? {} : [] })).toMatch(/must be an/);
  });

  it('may be a narrative alone', async () => {
    const texts = Object.fromEntries(narrativesAlone.map((key) => [key, 'Well']));
    expect((await deliver({ ...visitPush(), ...texts })).status).toBe(200);
  });

  it('keeps numbers in FunctionalStatus and strings in Results', async () => {
    const low = 'Observations.0.ReferenceRange.Low';
    const message = {
      ...visitPush(),
      FunctionalStatus: sections['FunctionalStatus'] ?? {},
      Results: sections['Results'] ?? [],
    };
    expect(await refusal(change(message, `FunctionalStatus.${low}`, '1'))).toContain('must be a number');
    expect(await refusal(change(message, `Results.0.${low}`, 90))).toContain('must be a string');
  });

  it('takes a bare date or a full time, and nothing between', async () => {
    const problems = (date: string): JsonObject => ({ ...visitPush(), Problems: [{ StartDate: date }] });
    expect((await deliver(problems('2024-01-02'))).status).toBe(200);
    expect((await deliver(problems('2024-01-02T03:04:05.000Z'))).status).toBe(200);
    expect(await refusal(problems('2024-01-02T03:04'))).toContain('Problems[0].StartDate');
  });
});

describe('identifiers', () => {
  it('must have an entry under the patient OID', async () => {
    const foreign = [{ ID: 'P1', IDType: 'MR' }];
    const text = 'must have an entry whose IDType is the patient OID';
    expect(await refusal(change(newPatient(), 'Patient.Identifiers', foreign))).toContain(text);
    expect(await refusal(change(visitPush(), 'Header.Patient.Identifiers', foreign))).toContain(text);
    expect(await refusal(change(patientMerge('P2', 'P1'), 'Patient.PreviousIdentifiers', foreign))).toContain(text);
  });

  it('must not be retired into themselves', async () => {
    expect(await refusal(patientMerge('P1', 'P1'))).toContain('must not name the survivor');
  });
});

describe('Meta', () => {
  it.each([
    ['ClinicalSummary', 'VisitPush'],
    ['Clinical Summary', 'PatientPush'],
    ['patientadmin', 'NewPatient'],
    ['PatientAdmin', 'VisitPush'],
  ])('must be exact: %s %s is no event', async (dataModel, eventType) => {
    const message = change(change(visitPush(), 'Meta.DataModel', dataModel), 'Meta.EventType', eventType);
    expect(await refusal(message)).toContain('must name an event');
  });

  it('must be there', async () => {
    expect((await deliver({ Patient: {} })).status).toBe(400);
    expect(await refusal(change(newPatient(), 'Meta.EventType', undefined))).toContain('Meta.EventType');
  });

  it('must name a destination, and one that is subscribed', async () => {
    expect(await refusal(change(newPatient(), 'Meta.Destinations', []))).toContain('Meta.Destinations');
    const received = await deliver(change(newPatient(), 'Meta.Destinations', [{ ID: sourceId }]));
    expect(received.status).toBe(403);
    expect(errorsOf(received)[0]).toMatch(/^No subscriptions\. Meta\.Destinations needs to contain/);
  });

  it('must name our source, in message and header', async () => {
    const named = change(newPatient(), 'Meta.Source', { ID: sourceId });
    expect((await deliver(named, { 'redox-source-id': sourceId })).status).toBe(200);
    expect(await refusal(change(newPatient(), 'Meta.Source', { ID: 'other' }))).toContain('Meta.Source.ID');
    const received = await deliver(named, { 'redox-source-id': 'other' });
    expect(errorsOf(received)).toEqual([
      'Redox-Source-Id must be the source of this API key in PatientAdmin:NewPatient',
    ]);
  });
});

describe('the transport', () => {
  const authorized = (): Record<string, string> => ({ authorization: `Bearer ${token}` });

  it('takes POST only', async () => {
    expect((await send(`${redox.url}/endpoint`, { method: 'GET', headers: authorized() })).status).toBe(404);
    expect((await send(`${redox.url}/endpoint`, { method: 'PUT', headers: authorized(), body: '{}' })).status).toBe(
      404,
    );
    expect((await send(`${redox.url}/query`, { method: 'POST', headers: authorized(), body: '{}' })).status).toBe(404);
  });

  it('takes only JSON, and only one object', async () => {
    expect((await deliver(newPatient(), { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await deliver(newPatient(), { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
    expect((await deliver('{"Meta": {')).status).toBe(400);
    expect((await deliver([newPatient()])).status).toBe(400);
    expect((await deliver('\uFEFF{}')).status).toBe(400);
  });

  it('refuses a body over the limit with 413, then continues', async () => {
    const large = change(newPatient(), 'Patient.Notes', ['x'.repeat(100_000)]);
    expect((await deliver(large)).status).toBe(413);
    expect((await deliver(newPatient())).status).toBe(200);
  });

  it("refuses in Redox's form", async () => {
    const received = await deliver(change(newPatient(), 'Patient.Identifiers', undefined));
    expect(received.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json(received)).toEqual({
      Meta: {
        DataModel: 'PatientAdmin',
        EventType: 'NewPatient',
        Destinations: [{ ID: expect.any(String) as string }],
        Errors: [
          {
            ID: expect.any(Number) as number,
            Text: 'Required field missing - Patient.Identifiers in PatientAdmin:NewPatient',
            Type: 'message',
            Module: 'DataModels',
          },
        ],
      },
    });
  });

  it('accepts with a log for the destination', async () => {
    const received = await deliver(newPatient());
    expect(received.headers['content-type']).toBe('application/json; charset=utf-8');
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
    expect(json(received)).toMatchObject({
      Meta: { DataModel: 'PatientAdmin', EventType: 'NewPatient', Logs: [{ ID: uuid, AttemptID: uuid }] },
    });
  });
});
