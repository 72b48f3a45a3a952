import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { errorWords, joints } from '../../../src/redox/error-words.ts';
import { fieldNames } from '../../../src/redox/field-names.ts';
import { maskText } from '../../../src/redox/mask.ts';
import { echoSpellings, spelled } from '../../echo-spelling.ts';
import { cpuMs } from '../cpu-time.ts';

// Texts of hundreds of kilobytes: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const meta = { DataModel: 'PatientAdmin', EventType: 'NewPatient' };

const patient = {
  Meta: { ...meta, Destinations: [{ ID: 'a07afe3b-d247-4415-827f-6837707e1b8b' }] },
  Patient: {
    Identifiers: [{ ID: 'MRN-0042', IDType: '2.16.840.1.113883.3.6147.458.1.2.1' }],
    Demographics: {
      FirstName: 'Zoë',
      MiddleName: 'Q',
      LastName: 'Garcia Lopez',
      DOB: '1980-05-01',
      SSN: '123-45-6789',
      Sex: 'Female',
      Language: 'en',
      PhoneNumber: { Home: '+16085551234' },
      EmailAddresses: ['zoe.garcia@example.org'],
      Address: { StreetAddress: '12 N Main Street', City: 'Madison', State: 'WI', ZIP: '53703' },
    },
  },
} satisfies JsonObject;

const visit = {
  Meta: { DataModel: 'Clinical Summary', EventType: 'VisitPush' },
  Header: {
    Document: { ID: '1.2.3^E-1', Type: 'Summarization of Episode Note', VersionNumber: '7' },
    Patient: patient.Patient,
  },
  Notes: [
    { Text: 'The patient is in for a check of her knee. She was not seen by Dr Whitfield; 450 mg of it must do.' },
  ],
} satisfies JsonObject;

const named = (...names: readonly string[]): JsonObject => ({
  Meta: meta,
  Patient: { Demographics: { LastName: names.join(' ') } },
});

describe("Redox's errors", () => {
  const errors = [
    'Patient.Demographics.DOB is invalid',
    'The field Patient.Demographics.PhoneNumber.Home is required',
    'Required field missing - Patient.Demographics.Address.StreetAddress in PatientAdmin:NewPatient',
    'Required field missing - Header.Document.TypeCode.Code in Clinical Summary:VisitPush',
    'Required field missing - Organizations[0].Type in Organization:New',
    'Results[14].Observations[3].Status must not be null in Clinical Summary:VisitPush',
    'Meta.DataModel and Meta.EventType must name an event of the Data Model API',
    'No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions https://dashboard.redoxengine.com/',
    'Data Chateau v2 service returned status code 400',
    'Failed to parse request body as XML resource.',
    'Parsing XML request error!',
    'Your Organization Source contains a duplicate business!',
    'New organization was added successfully.',
    'Something went wrong retrieving the document list. … Could not find any documents.',
    'HTTP 502',
    'Redox-Source-Id must be the source of this API key in PatientAdmin:NewPatient',
    '503 Service Unavailable',
    '{"message":"Unauthorized","code":401}',
    "The grant_type parameter should equal 'client_credentials'",
    'Public key not found, check client_id, kid and Redox dashboard settings',
  ];

  it.each(errors)('stay readable: %s', (text) => {
    expect(maskText(text, patient)).toBe(text);
  });

  it.each([
    ['id:2.16.840.1.113883.3 is not valid.', 'id:*** is not valid.'],
    [
      'Invalid value "GARCIA" for Patient.Demographics.LastName',
      'Invalid value "***" for Patient.Demographics.LastName',
    ],
    ['<html><title>502 Bad Gateway</title><p>nginx/1.18</p></html>', '502 Bad Gateway ***'],
    ['{"error":"Invalid DOB","value":"1980-05-01"}', '{"error":"Invalid DOB","value":"***"}'],
  ])("keep Redox's words: %s", (text, masked) => {
    expect(maskText(text, patient)).toBe(masked);
  });

  it.each([
    ['Patient.Demographics.DOB is invalid', 'Header.Document.TypeCode is required', 'Results[2].Status must be blank'],
  ])('keep paths and most words about a visit with notes', (...texts) => {
    for (const text of texts) expect(maskText(text, visit)).toBe(text);
    expect(maskText('Check Header.Patient of the patient', visit)).toBe('*** Header.Patient of the ***');
  });
});

describe('a word of the message', () => {
  it.each([
    ['a name that is a word of errors', 'The field Field is required', named('Field'), '*** is required'],
    ['such a name in capitals', 'Invalid FIELD', named('Field'), 'Invalid ***'],
    ['such a name with accents', 'Invalid Field', named('Fîeld'), 'Invalid ***'],
    ['such a name as a part', 'Invalid value', named('Value-Price'), 'Invalid ***'],
    ['a name that is a joint', 'Value An is invalid', named('An', 'Nguyen'), 'Value *** is invalid'],
    ['a name that is the name of a field', 'Invalid Patient', named('Patient'), 'Invalid ***'],
    ['such a name in a path', 'Patient.Demographics.DOB', named('Patient'), '***.Demographics.DOB'],
    ['a name that was cut off', 'Invalid Field', named('Fielding'), 'Invalid ***'],
    ['a name that lost its beginning', 'Invalid field', named('Mayfield'), 'Invalid ***'],
    ['a name turned round', 'Invalid name', named('Eman'), 'Invalid ***'],
    ['a name in two words', 'Invalid be an', named('Bean'), 'Invalid ***'],
    ['a name in pieces', 'Invalid value An na', named('Anna'), 'Invalid value ***'],
    ['a name letter by letter', 'Invalid value A n n a', named('Anna'), 'Invalid value ***'],
    ['a name that begins as a joint', 'Invalid value The rese', named('Therese'), 'Invalid value ***'],
    ['two names glued', 'Invalid LastName', named('Last', 'Name'), 'Invalid ***'],
    ['a word of a note', 'Check the value', visit, '*** the value'],
    ['a status that is a number of a note', 'HTTP 450 or HTTP 451', visit, 'HTTP *** or HTTP 451'],
    [
      'an index that is a value',
      'Results[7].Status, Results[8].Status',
      visit,
      'Results[***].Status, Results[8].Status',
    ],
  ])('is covered: %s', (_, text, message, masked) => {
    expect(maskText(text, message)).toBe(masked);
  });

  it("is uncovered in the name of the message's kind", () => {
    expect(maskText('PatientAdmin:NewPatient', { Meta: meta })).toBe('PatientAdmin:NewPatient');
  });

  it("is uncovered in an organisation's errors, which need their words", () => {
    const organization = { Meta: { DataModel: 'Organization' }, Organizations: [{ Name: 'Valid Field Organization' }] };
    const text = 'Organization of Field Clinic is not valid';
    expect(maskText(text, organization)).toBe('Organization of Field *** is not valid');
  });
});

describe('a number', () => {
  it.each([
    ['Invalid size 4711', 'Invalid size ***'],
    ['Invalid value 12', 'Invalid value ***'],
    ['status 200, status 400, status 600', 'status ***, status 400, status ***'],
    ['Status 400 of 404 entries', 'Status 400 of *** entries'],
    ['404 Not Found, 404 Bad Gateway', '404 Not Found, *** Bad Gateway'],
    ['Patient[0].DOB [1]', 'Patient[0].DOB [***]'],
    ['Results[1980].Value', 'Results[***].Value'],
    ['version 2.16', 'version ***'],
  ])('passes as an index or a status: %s', (text, masked) => {
    expect(maskText(text, {})).toBe(masked);
  });
});

const birthDates =
  '1980-05-01 1980-05-01T00:00:00.000Z 05/01/1980 5/1/1980 01.05.1980 5-1-80 19800501 01-MAY-1980 1980 325987200000'.split(
    ' ',
  );
const otherValues =
  '(608) 555-1234|608.555.1234|5551234|1234|123 45 6789|6789|May 1st, 1980|1 May 1980|Zo?|ZoÃ«|Zo%26euml%3B|Gar&#99;ia|Lo=70ez'.split(
    '|',
  );

describe('a value in other words', () => {
  it.each([...birthDates, ...otherValues])('is covered: %s', (spelling) => {
    expect(maskText(`Invalid value ${spelling} given`, patient)).toMatch(/^Invalid value \(?\*\*\*\?? given$/);
  });

  it.each(echoSpellings)('is covered: %s', (spelling) => {
    const values = [
      'Zoë Garcia Lopez',
      'MRN-0042',
      '1980-05-01',
      '+16085551234',
      '12 N Main Street',
      'zoe.garcia@example.org',
    ];
    for (const value of values) {
      const echoed = spelled(value, spelling);
      for (const text of [echoed, `"${echoed}"`])
        expect(maskText(`Invalid value ${text} given`, patient)).toMatch(/^Invalid value \W*\*\*\*\W* given$/);
    }
    expect(maskText(spelled(JSON.stringify(patient.Patient.Demographics), spelling), patient)).not.toMatch(
      /garcia|lopez|1980|0042|6789|1234|madison|main|female|zo/i,
    );
  });

  it('is covered in scripts without blanks', () => {
    expect(maskText('患者李明不存在', named('李明'))).toBe('***');
  });
});

describe('the stored text', () => {
  it('is one line of at most 500 characters', () => {
    const masked = maskText(`Invalid\r\n\u001b[31m\u0000${'value '.repeat(10_000)}`, patient);
    expect(masked).toMatch(/^Invalid \[\*\*\* value value/);
    expect(masked).not.toMatch(/\p{C}/u);
    expect(masked.length).toBeLessThanOrEqual(500);
  });

  it('ends before a half word that looks like another', () => {
    for (let length = 3_985; length <= 4_000; length += 1) {
      const masked = maskText(`${'*'.repeat(length)} Fieldkeeper`, { Notes: 'a Fieldkeeper of other things and more' });
      expect(masked).toBe('***');
    }
  });

  it('splits no letter in two', () => {
    for (const before of ['', 'x']) expect(maskText(`${before}${'😀 '.repeat(4_000)}`, patient)).toBe('***');
  });

  it('shows an echo of the message without any value', () => {
    expect(maskText(JSON.stringify({ Sex: 'Female', DOB: '1980-05-01' }), patient)).toBe('{"Sex":"***","DOB":"***"}');
  });
});

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

describe('for any message and any spelling', () => {
  const name = fc.stringMatching(/^[A-Za-zÀ-ÿĀ-žΑ-ωА-я一-龯' -]{1,14}$/);
  const digits = fc.stringMatching(/^\d{1,11}$/);
  const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
  const allowed = fc.constantFrom(...joints, ...errorWords, ...fieldNames);
  const value = fc.oneof(name, digits, anything, allowed).filter((text) => /[\p{L}\p{N}]/u.test(text));
  const spelling = fc.constantFrom(...echoSpellings);

  it('hides every part of a value', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), spelling, (values, how) => {
        const echoed = values.map((text) => spelled(text, how)).join(' ');
        const masked = maskText(`Zq ${echoed} zq`, { Patient: { Identifiers: values.map((ID) => ({ ID })) } });
        expect(masked.replaceAll(/[^\p{L}\p{N}]/gu, '')).toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  it('hides every word of a note except "is" and "the"', () => {
    const note = fc.array(fc.oneof(name, allowed), { minLength: 4, maxLength: 30 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(note, spelling, (text, how) => {
        const masked = maskText(`Invalid: ${spelled(text, how)}.`, { Meta: meta, Notes: [{ Text: text }] });
        const shown = wordsIn(masked.replace('Invalid', ''));
        const spoken = wordsIn(text);
        expect(shown.filter((word) => spoken.includes(word) && !joints.has(word))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same for any value', () => {
    const letters = fc.stringMatching(/^[b-df-hj-np-tv-z]{5,12}$/);
    fc.assert(
      fc.property(letters, letters, spelling, (one, other, how) => {
        const [first = '', second = ''] = [one, other].map((text) =>
          maskText(`Required field missing: ${spelled(text, how)} in Patient.Demographics.DOB`, named(text)),
        );
        expect(first).toBe(second);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a long note', () => {
  const note = Array.from({ length: 25_000 }, (_, index) => `${(index * 7919).toString(36)}qz`).join(' ');
  const long: Readonly<Record<string, string>> = {
    words: note,
    accents: note.replaceAll(' ', 'ñ'),
    letter: 'a'.repeat(200_000),
    digits: '0'.repeat(200_000),
  };

  it.each(Object.keys(long))('of 200 kB (%s) is masked as fast as it is read', (kind) => {
    const text = long[kind] ?? '';
    const hostile = [
      '&#x41;',
      '%41',
      '1,',
      '\\',
      '<',
      '<a',
      "'",
      '- ',
      'a ',
      'the the ',
      'Patient.',
      'Value[1].',
      '. ',
    ];
    const echoes = [text, ...hostile.map((part) => part.repeat(100_000))];
    const ours = {
      Notes: [{ Text: text }, ...Array.from({ length: 5_000 }, (_, index) => ({ Text: `the ${index}` }))],
    };
    for (const echo of echoes) {
      const startedAt = cpuMs();
      maskText(echo, ours);
      // Many times what it takes on a machine at rest: what is quadratic takes minutes.
      expect(cpuMs() - startedAt).toBeLessThan(10_000);
    }
  });
});
