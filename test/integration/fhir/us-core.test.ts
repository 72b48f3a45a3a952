import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { fetchPage, scannedIds } from '../support/ehr-site.ts';
import { type FhirFiles, type FhirSite, fhirSite, type OpenExport, patient, problem, visit } from './fhir-site.ts';

/** Shapes that no data set has: R5, Epic's, Oracle's, merged patients, identifiers by their system. */
let site: FhirSite;
beforeAll(async () => {
  site = await fhirSite();
});
afterAll(() => site.drop());

const code = (system: string, value: string, display: string): JsonObject => ({
  coding: [{ system, code: value, display }],
  text: display,
});
const snomed = (value: string, display: string): JsonObject => code('http://snomed.info/sct', value, display);

describe('an export in R5', () => {
  it('has the rows that it would have in R4', async () => {
    const open = await site.read({
      'Patient.ndjson': [patient('1')],
      'Medication.ndjson': [
        {
          resourceType: 'Medication',
          id: 'm',
          code: code('http://www.nlm.nih.gov/research/umls/rxnorm', '197361', 'Amlodipine'),
        },
      ],
      'Condition.ndjson': [problem('c', '1', 'Fever', { recordedDate: '2026-01-10T09:10:00Z' })],
      'Encounter.ndjson': [
        {
          resourceType: 'Encounter',
          id: 'e',
          status: 'discharged',
          class: [code('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'IMP', 'inpatient')],
          subject: { reference: 'Patient/1' },
          actualPeriod: { start: '2026-01-10T09:00:00Z', end: '2026-01-12T09:00:00Z' },
          reason: [{ value: [{ concept: snomed('386661006', 'Fever') }] }],
          diagnosis: [
            { use: [{ coding: [{ code: 'AD' }] }], condition: [{ reference: { reference: 'Condition/c' } }] },
          ],
          admission: { dischargeDisposition: code('https://www.nubc.org/CodeSystem/PatDischargeStatus', '01', 'Home') },
          participant: [
            { type: [{ coding: [{ code: 'ATND' }] }], actor: { reference: 'Practitioner/d', display: 'Dr. Doe' } },
          ],
        },
      ],
      'MedicationRequest.ndjson': [
        {
          resourceType: 'MedicationRequest',
          id: 'r',
          status: 'active',
          intent: 'order',
          subject: { reference: 'Patient/1' },
          encounter: { reference: 'Encounter/e' },
          medication: { reference: { reference: 'Medication/m' } },
          reason: [{ concept: snomed('38341003', 'Hypertension') }],
          dosageInstruction: [{ asNeeded: true, timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd' } } }],
        },
      ],
      'AllergyIntolerance.ndjson': [
        {
          resourceType: 'AllergyIntolerance',
          id: 'a',
          patient: { reference: 'Patient/1' },
          encounter: { reference: 'Encounter/e' },
          type: { coding: [{ code: 'intolerance' }] },
          category: ['food'],
          code: snomed('91935009', 'Peanut'),
          reaction: [
            {
              severity: 'mild',
              manifestation: [{ concept: snomed('271807003', 'Rash') }, { concept: snomed('267036007', 'Dyspnoea') }],
            },
          ],
        },
      ],
    });
    expect((await open.encounters()).get('e')).toMatchObject({
      class: 'inpatient',
      status: 'finished',
      started_at: '2026-01-10T09:00:00Z',
      ended_at: '2026-01-12T09:00:00Z',
      reason_code: '386661006',
      discharge_disposition: '01',
      provider_id: 'd',
      provider_last_name: 'Dr. Doe',
    });
    expect(await open.section('admission_diagnosis')).toEqual([
      { encounter_id: 'e', code: '195662009', code_system: 'http://snomed.info/sct', name: 'Fever' },
    ]);
    expect(await open.section('medications')).toMatchObject([
      { code: '197361', indication_name: 'Hypertension', as_needed: 't', frequency_period: '8', frequency_unit: 'h' },
    ]);
    expect(await open.section('allergies')).toMatchObject([
      { type: 'food intolerance', substance_name: 'Peanut', reaction_name: 'Rash', severity: 'mild' },
      { type: 'food intolerance', substance_name: 'Peanut', reaction_name: 'Dyspnoea' },
    ]);
  });
});

describe("Epic's shape", () => {
  const epicClass = 'urn:oid:1.2.840.114350.1.72.1.7.7.10.696784.13260';
  const of = (id: string, display: string, more: JsonObject = {}): JsonObject =>
    visit(id, 'eD.long-id', '2026-01-10', {
      class: { system: epicClass, code: '13', display },
      status: 'unknown',
      ...more,
    });

  it('has classes by words, statuses by period, and notes only with their text', async () => {
    const open = await site.read({
      'Patient.ndjson': [patient('eD.long-id')],
      'Encounter.ndjson': [
        of('support', 'Support OP Encounter', { period: { start: '2026-01-10T09:00:00Z' } }),
        of('stay', 'Hospital Encounter', { type: [{ text: 'Inpatient' }] }),
        of('emergency', 'Emergency'),
        of('video', 'Appointment', { type: [{ text: 'Video Visit' }] }),
        of('office', 'HOV'),
      ],
      'DocumentReference.ndjson': [
        {
          resourceType: 'DocumentReference',
          id: 'n',
          status: 'current',
          subject: { reference: 'Patient/eD.long-id' },
          context: { encounter: [{ reference: 'Encounter/office' }] },
          type: code('http://loinc.org', '11506-3', 'Progress note'),
          content: [
            { attachment: { contentType: 'text/html', url: 'Binary/x' } },
            { attachment: { contentType: 'text/rtf', url: 'Binary/y' } },
          ],
        },
      ],
    });
    const rows = [...(await open.encounters())].map(([id, row]) => [id, row['class'], row['status']]);
    expect(rows).toEqual([
      ['emergency', 'emergency', 'finished'],
      ['office', 'outpatient', 'finished'],
      ['stay', 'inpatient', 'finished'],
      ['support', 'outpatient', 'open'],
      ['video', 'virtual', 'finished'],
    ]);
    expect(await open.section('notes')).toEqual([]);
  });
});

describe('Patient.link', () => {
  const link = (type: string, id: string): JsonObject => ({ link: [{ type, other: { reference: `Patient/${id}` } }] });
  const stub = (id: string, into: string): JsonObject => ({
    resourceType: 'Patient',
    id,
    active: false,
    ...link('replaced-by', into),
  });

  it('is a merge from either side, and a patient that is only inactive is none', async () => {
    const open = await site.read({
      'Patient.ndjson': [
        patient('survivor', link('replaces', 'unseen')),
        patient('retired', link('replaced-by', 'survivor')),
        stub('stub', 'retired'),
        patient('inactive', { active: false }),
        patient('other', link('seealso', 'survivor')),
        patient('test', { meta: { security: [{ code: 'HTEST' }] } }),
      ],
      'Encounter.ndjson': [visit('e1', 'survivor'), visit('e2', 'test')],
    });
    expect(await open.merges()).toEqual(['retired into survivor', 'stub into retired', 'unseen into survivor']);
    expect([...(await open.patients()).keys()]).toEqual(['inactive', 'other', 'retired', 'survivor']);
    expect([...(await open.encounters()).keys()]).toEqual(['e1']);
  });

  it('gives what a retired patient has to the visits of the survivor', async () => {
    const open = await site.read({
      'Patient.ndjson': [patient('a'), stub('b', 'a'), stub('c', 'b')],
      'Encounter.ndjson': [visit('e1', 'a', '2026-01-10')],
      'Condition.ndjson': [
        problem('dated', 'c', 'dated', { recordedDate: '2026-01-11' }),
        problem('named', 'b', 'named', { encounter: { reference: 'Encounter/e1' } }),
      ],
    });
    expect((await open.section('problems')).map(({ encounter_id, name }) => [encounter_id, name]).sort()).toEqual([
      ['e1', 'dated'],
      ['e1', 'named'],
    ]);
  });

  it('is followed through a long chain, and not in a circle', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const open = await site.read({
      'Patient.ndjson': [
        ...numbers.map((number) => stub(`chain${number}`, `chain${number + 1}`)),
        patient('chain40'),
        patient('a', link('replaced-by', 'b')),
        patient('b', link('replaced-by', 'c')),
        patient('c', link('replaced-by', 'b')),
        patient('self', link('replaced-by', 'self')),
      ],
      'Encounter.ndjson': ['chain40', 'a', 'b', 'c', 'self'].map((id) => visit(`e-${id}`, id)),
      'Condition.ndjson': ['chain0', 'a', 'b', 'c', 'self'].map((id) => problem(id, id, id)),
    });
    expect((await open.section('problems')).map(({ encounter_id, name }) => [name, encounter_id]).sort()).toEqual([
      ['a', 'e-a'],
      ['b', 'e-b'],
      ['c', 'e-c'],
      ['chain0', 'e-chain40'],
      ['self', 'e-self'],
    ]);
  });
});

describe('updated_at of a visit', () => {
  it('is the latest of all that the visit has', async () => {
    const at = (time: string): JsonObject => ({ meta: { lastUpdated: `2026-01-${time}T00:00:00Z` } });
    const open = await site.read({
      'Patient.ndjson': [patient('1')],
      'Encounter.ndjson': [visit('e1', '1', '2026-01-10', at('10')), visit('e2', '1', '2026-01-20', at('20'))],
      'Condition.ndjson': [problem('c', '1', 'Cough', { encounter: { reference: 'Encounter/e1' }, ...at('12') })],
    });
    const since = async (from: string): Promise<readonly string[]> =>
      scannedIds(open.ehr, 'encounter', { kind: 'updated', since: new Date(`2026-01-${from}T00:00:00Z`) });
    expect(await since('11')).toEqual(['e1', 'e2']);
    expect(await since('13')).toEqual(['e2']);
  });
});

describe('references to other resources', () => {
  it('give reasons of visits, indications of medications and members of teams', async () => {
    const ref = (reference: string): JsonObject => ({ reference });
    const of = { subject: ref('Patient/1'), encounter: ref('Encounter/e') };
    const open = await site.read({
      'Patient.ndjson': [patient('1')],
      'Encounter.ndjson': [visit('e', '1', '2026-01-10', { reasonReference: [ref('Condition/c')] })],
      'Condition.ndjson': [problem('c', '1', 'Cough')],
      'MedicationStatement.ndjson': [
        {
          resourceType: 'MedicationStatement',
          id: 's',
          subject: of.subject,
          context: of.encounter,
          status: 'active',
          medicationCodeableConcept: code('http://www.nlm.nih.gov/research/umls/rxnorm', '197361', 'Amlodipine'),
          effectivePeriod: { start: '2026-01-01' },
          reasonReference: [ref('Condition/c')],
        },
      ],
      'CareTeam.ndjson': [
        {
          resourceType: 'CareTeam',
          id: 't',
          ...of,
          status: 'active',
          name: 'Heart team',
          participant: [
            { role: [snomed('17561000', 'Cardiologist')], member: ref('PractitionerRole/r') },
            { member: ref('Practitioner/d') },
            { member: ref('Patient/1') },
          ],
        },
      ],
      'PractitionerRole.ndjson': [{ resourceType: 'PractitionerRole', id: 'r', practitioner: ref('Practitioner/d') }],
      'Practitioner.ndjson': [{ resourceType: 'Practitioner', id: 'd', name: [{ family: 'Doe', given: ['Ann'] }] }],
    });
    expect((await open.encounters()).get('e')).toMatchObject({ reason_code: '195662009', reason_name: 'Cough' });
    expect(await open.section('medications')).toMatchObject([
      { kind: 'current', code: '197361', status: 'active', started_at: '2026-01-01', indication_name: 'Cough' },
    ]);
    const team = await open.section('care_team');
    const members = team.map(({ team_name, last_name, role_name = 'no role' }) => [team_name, last_name, role_name]);
    expect(members.sort()).toEqual([
      ['Heart team', 'Doe', 'Cardiologist'],
      ['Heart team', 'Doe', 'no role'],
    ]);
  });
});

describe("a visit's version", () => {
  const ref = (reference: string): JsonObject => ({ reference });
  const own = (resourceType: string, id: string, more: JsonObject): JsonObject => ({
    resourceType,
    id,
    subject: ref(`Patient/p-${id}`),
    encounter: ref(`Encounter/${id}`),
    ...more,
  });
  const referring = 'maker payer product laboratory specimen sample admission reason indication member'.split(' ');
  const ofVisits: Readonly<Record<string, JsonObject>> = {
    admission: { diagnosis: [{ condition: ref('Condition/c') }] },
    reason: { reasonReference: [ref('Condition/c')] },
  };

  /** A visit for each kind of resource that a section reads by a reference. */
  const filesWith = (word: string): FhirFiles => ({
    'Patient.ndjson': ['none', ...referring].map((id) => patient(`p-${id}`)),
    'Encounter.ndjson': ['none', ...referring].map((id) => visit(id, `p-${id}`, '2026-01-10', ofVisits[id])),
    'Immunization.ndjson': [
      { ...own('Immunization', 'maker', { manufacturer: ref('Organization/maker') }), patient: ref('Patient/p-maker') },
    ],
    'Coverage.ndjson': [
      { resourceType: 'Coverage', id: 'c', beneficiary: ref('Patient/p-payer'), payor: [ref('Organization/payer')] },
    ],
    'MedicationRequest.ndjson': [own('MedicationRequest', 'product', { medicationReference: ref('Medication/m') })],
    'MedicationStatement.ndjson': [own('MedicationStatement', 'indication', { reasonReference: [ref('Condition/c')] })],
    'CareTeam.ndjson': [own('CareTeam', 'member', { participant: [{ member: ref('Practitioner/d') }] })],
    'Practitioner.ndjson': [{ resourceType: 'Practitioner', id: 'd', name: [{ family: word }] }],
    'DiagnosticReport.ndjson': [
      own('DiagnosticReport', 'laboratory', { performer: [ref('Organization/laboratory')] }),
      own('DiagnosticReport', 'specimen', { specimen: [ref('Specimen/specimen')] }),
    ],
    'Observation.ndjson': [own('Observation', 'sample', { specimen: ref('Specimen/sample') })],
    'Organization.ndjson': ['maker', 'payer', 'laboratory'].map((id) => ({
      resourceType: 'Organization',
      id,
      name: word,
    })),
    'Medication.ndjson': [{ resourceType: 'Medication', id: 'm', code: { text: word } }],
    'Specimen.ndjson': ['specimen', 'sample'].map((id) => ({ resourceType: 'Specimen', id, type: { text: word } })),
    'Condition.ndjson': [problem('c', 'elsewhere', word)],
  });

  it('counts what its resources refer to', async () => {
    const versions = async (word: string): Promise<ReadonlyMap<string, unknown>> => {
      const rows = await (await site.read(filesWith(word))).encounters();
      return new Map([...rows].map(([id, row]) => [id, row['clinical_version']]));
    };
    const before = await versions('old');
    const after = await versions('new');
    expect([...before].filter(([id, version]) => after.get(id) !== version).map(([id]) => id)).toEqual(
      [...referring].sort(),
    );
  });
});

describe('further identifiers', () => {
  it('are those of OIDs, without the MRN and social security numbers', async () => {
    const open = await site.read({
      'Patient.ndjson': [
        patient('1', {
          identifier: [
            { type: { coding: [{ code: 'MR' }] }, system: 'urn:oid:1.2.3', value: 'M-1' },
            { system: 'urn:oid:2.16.840.1.113883.4.1', value: '123-45-6789' },
            { type: { coding: [{ code: 'DL' }] }, system: 'urn:oid:2.16.840.1.113883.4.3.25', value: 'D-1' },
            { system: 'https://example.org', value: 'X-1' },
            { system: 'urn:oid:1.2.4', value: 'OLD', use: 'old' },
          ],
        }),
      ],
      'Encounter.ndjson': [visit('e', '1')],
    });
    const { details } = await fetchPage(open.ehr, [], [], [], ['1']);
    expect(details.get('1')?.identifiers).toEqual([{ patient_id: '1', id: 'D-1', type: '2.16.840.1.113883.4.3.25' }]);
  });
});

describe('identifiers', () => {
  const ids = (...given: readonly (readonly [string, string, JsonObject?])[]): JsonObject => ({
    identifier: given.map(([system, value, more]) => ({ system, value, ...more })),
  });
  const mrnOf = async (open: OpenExport): Promise<unknown> =>
    Object.fromEntries([...(await open.patients())].map(([id, row]) => [id, row['mrn']]));

  it('are of type MR by default, by preference the usual one in force', async () => {
    const mr = { type: { coding: [{ code: 'MR' }] } };
    const open = await site.read({
      'Patient.ndjson': [
        patient('old', ids(['a', 'A-1', { ...mr, use: 'old' }], ['b', 'B-1', mr])),
        patient('usual', ids(['a', 'A-2', mr], ['b', 'B-2', { ...mr, use: 'usual' }])),
        patient('none', ids(['a', 'A-3'])),
      ],
      'Encounter.ndjson': [visit('e1', 'old')],
    });
    expect(await mrnOf(open)).toEqual({ old: 'B-1', usual: 'B-2', none: null });
  });

  it('are of the named system, with or without the prefix of an OID', async () => {
    const open = await site.read(
      {
        'Patient.ndjson': [patient('1', ids(['urn:oid:1.2.3', 'M-1'], ['x', 'X-1'])), patient('2', ids(['x', 'X-2']))],
        'Encounter.ndjson': [visit('e1', '1', undefined, ids(['visits', 'V-1'])), visit('e2', '1')],
        'Condition.ndjson': [problem('c', '1', 'Cough', { encounter: { reference: 'Encounter/e1' } })],
      },
      { mrnSystem: '1.2.3', visitSystem: 'visits' },
    );
    expect(await mrnOf(open)).toEqual({ 1: 'M-1', 2: null });
    expect(await open.section('problems', ['V-1'])).toMatchObject([{ encounter_id: 'V-1', name: 'Cough' }]);
  });
});
