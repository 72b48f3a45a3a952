import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { type FhirSite, fhirSite, patient, visit } from './fhir-site.ts';

/** Shapes of R4, DSTU2 and R5, and what exporters write against the rules. */
let site: FhirSite;
beforeAll(async () => {
  site = await fhirSite();
});
afterAll(() => site.drop());

describe('a patient', () => {
  const mr = { type: { coding: [{ code: 'MR' }] } };
  const race = (...codes: readonly string[]): JsonObject => ({
    extension: [
      {
        url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
        extension: codes.map((one) => ({ url: 'ombCategory', valueCoding: { code: one } })),
      },
    ],
  });
  const phone = (value: string, more: JsonObject = {}): JsonObject => ({ system: 'phone', value, ...more });
  const shapes: Readonly<Record<string, readonly [JsonObject, Readonly<Record<string, string | null>>]>> = {
    'born in a month': [{ birthDate: '1980-03' }, { birth_date: null }],
    'born at a time': [{ birthDate: '1980-03-04T22:30:00-06:00' }, { birth_date: '1980-03-04' }],
    'dead without a date': [{ deceasedBoolean: true }, { deceased: 't', deceased_at: null }],
    'dead in a month': [{ deceasedDateTime: '2024-03' }, { deceased: 't', deceased_at: null }],
    'dead on a day': [{ deceasedDateTime: '2024-03-04' }, { deceased: 't', deceased_at: '2024-03-04' }],
    'not dead': [{ deceasedBoolean: false }, { deceased: 'f' }],
    'of whose death there is nothing': [{ deceasedDateTime: null }, { deceased: 'f' }],
    'of whose death there is no text': [{ deceasedDateTime: '' }, { deceased: 'f' }],
    'whose official name lacks the family': [
      {
        name: [
          { use: 'official', given: ['Ann'] },
          { family: 'Roe', given: ['Bo'] },
        ],
      },
      { first_name: 'Bo', last_name: 'Roe' },
    ],
    'whose name is no list': [
      { name: { family: 'Roe', given: 'Bo' } },
      { first_name: 'Bo', middle_name: null, last_name: 'Roe' },
    ],
    'whose family is a list': [{ name: [{ family: ['Roe', 'Doe'], given: ['Bo'] }] }, { last_name: null }],
    'whose first given name is empty': [
      { name: [{ family: 'Roe', given: ['', null, 'Bo', 'Cy'] }] },
      { first_name: 'Bo', middle_name: 'Cy' },
    ],
    'whose name is old': [
      {
        name: [
          { use: 'old', family: 'Roe' },
          { use: 'usual', family: 'Doe' },
        ],
      },
      { last_name: 'Doe', former_last_name: 'Roe' },
    ],
    'whose MRN and address end one day': [
      {
        identifier: [{ ...mr, value: 'M', period: { end: '2099' } }],
        address: [
          { city: 'Past', period: { end: '2020' } },
          { city: 'Now', period: { start: '2020-01', end: '2099-01-01T00:00:00Z' } },
        ],
      },
      { mrn: 'M', city: 'Now' },
    ],
    'who moves one day': [
      { address: [{ city: 'Later', period: { start: '2099-01-01' } }, { city: 'Now' }] },
      { city: 'Now' },
    ],
    'whose address is no list': [
      { address: { line: '1 Elm', city: { text: 'x' }, postalCode: 78701 } },
      { street_address: '1 Elm', city: null, zip: '78701' },
    ],
    'whose numbers have ranks': [
      {
        telecom: [
          phone('1', { rank: 2 }),
          phone('2', { rank: '1' }),
          phone('3', { rank: 1, use: 'old' }),
          phone('4', { use: 'work' }),
        ],
      },
      { home_phone: '2', office_phone: '4' },
    ],
    'whose number is no list': [{ telecom: phone('1') }, { home_phone: '1' }],
    'of a race that is given twice': [race('2106-3', '2106-3'), { race: '2106-3' }],
    'of two races': [race('2106-3', '2054-5'), { race: 'more than one race' }],
  };

  it('is read in every shape that exporters write', async () => {
    const open = await site.read({
      'Patient.ndjson': Object.entries(shapes).map(([id, [more]]) => patient(id, more)),
      'Encounter.ndjson': [visit('e', 'not dead')],
    });
    const people = await open.patients();
    const read = Object.entries(shapes).map(([id, [, wanted]]) => {
      const row = people.get(id) ?? {};
      return [id, Object.fromEntries(Object.keys(wanted).map((column) => [column, row[column]]))];
    });
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries(Object.entries(shapes).map(([id, [, wanted]]) => [id, wanted])),
    );
  });
});

describe('a visit', () => {
  const shapes: Readonly<Record<string, readonly [JsonObject, Readonly<Record<string, string | null>>]>> = {
    'without a period': [{ period: undefined as never }, { status: 'finished', started_at: null }],
    'of a month': [{ period: { start: '2026-01' } }, { started_at: null }],
    'of a day': [{ period: { start: '2026-01-10' } }, { started_at: '2026-01-10' }],
    'entered in error': [{ status: 'entered-in-error' }, { status: 'cancelled' }],
    planned: [{ status: 'planned' }, { status: 'planned' }],
    'of another visit': [{ partOf: { reference: 'Encounter/planned' } }, { status: 'finished', patient_id: '1' }],
    'whose class is a word': [{ class: 'inpatient' }, { class: 'inpatient' }],
    'whose class is an empty list': [{ class: [] }, { class: 'other' }],
    'whose subject is a list': [{ subject: [{ reference: 'Patient/1' }] }, { patient_id: '1' }],
  };

  it('is read in every shape that exporters write', async () => {
    const open = await site.read({
      'Patient.ndjson': [patient('1')],
      'Encounter.ndjson': Object.entries(shapes).map(([id, [more]]) => visit(id, '1', '2026-01-10', more)),
    });
    const visits = await open.encounters();
    for (const [id, [, wanted]] of Object.entries(shapes))
      expect([id, visits.get(id)]).toEqual([id, expect.objectContaining(wanted)]);
  });
});

describe('a report', () => {
  const report = (id: string, ...forms: readonly JsonObject[]): JsonObject => ({
    resourceType: 'DiagnosticReport',
    id,
    status: 'final',
    subject: { reference: 'Patient/1' },
    encounter: { reference: 'Encounter/e' },
    code: { text: id },
    conclusion: `conclusion of ${id}`,
    presentedForm: forms,
  });
  const form = (contentType: string, data: string): JsonObject => ({
    contentType,
    data: Buffer.from(data).toString('base64'),
  });

  it('gives its texts, or its conclusion once', async () => {
    const open = await site.read({
      'Patient.ndjson': [patient('1')],
      'Encounter.ndjson': [visit('e', '1')],
      'DiagnosticReport.ndjson': [
        report('pictures', form('application/pdf', 'a'), form('image/png', 'b')),
        report('text', form('text/plain', 'its text'), form('application/pdf', 'c')),
      ],
    });
    const notes = (await open.section('notes')).map(({ name, text }) => [name, text]);
    expect(notes.sort()).toEqual([
      ['pictures', 'conclusion of pictures'],
      ['text', 'its text'],
    ]);
  });
});
