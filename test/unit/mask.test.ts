import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { maskText } from '../../src/core/mask.ts';

const message = {
  Meta: {
    DataModel: 'PatientAdmin',
    EventType: 'NewPatient',
    Destinations: [{ ID: 'a07afe3b-d247-4415-827f-6837707e1b8b' }],
  },
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

test('what is kept of a long text ends with a whole letter, because Postgres takes no half of one', () => {
  for (const before of ['', 'x']) expect(maskText(`${before}${'😀 '.repeat(400)}`, message).isWellFormed()).toBe(true);
});

describe('what Redox documents stays readable', () => {
  test.each([
    'Required field missing - Patient.Demographics.Address.StreetAddress in PatientAdmin:NewPatient',
    'No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions https://dashboard.redoxengine.com/',
    'Data Chateau v2 service returned status code 400',
    'Failed to parse request body as XML resource.',
    'Parsing XML request error!',
  ])('%s', (text) => {
    expect(maskText(text, message)).toBe(text);
  });
});

describe('a value is covered whatever its spelling', () => {
  test.each([
    ['as it stands', 'Invalid name "Garcia Lopez"', 'Invalid name "***"'],
    ['in capitals', 'Invalid name GARCIA LOPEZ', 'Invalid name ***'],
    ['without its blanks', 'Invalid name GarciaLopez', 'Invalid name ***'],
    ['in part', 'Invalid name Lopez', 'Invalid name ***'],
    ['without its accent', 'Invalid name Zoe', 'Invalid name ***'],
    ['with its accent written apart', 'Invalid name Zoe\u0308', 'Invalid name ***'],
    ['escaped in JSON', String.raw`Invalid name \"Zo\u00eb\"`, 'Invalid name "***"'],
    ['escaped in HTML', 'Invalid name Zo&euml; or Zo&#235; or Zo&#xEB;', 'Invalid name *** or *** or ***'],
    ['escaped in a URL', 'Invalid name Zo%C3%AB%20Garcia', 'Invalid name *** ***'],
    ['escaped twice', 'Invalid name Zo%26euml%3B', 'Invalid name ***'],
    ['in a broken encoding', 'Invalid name ZoÃ« or Zo?', 'Invalid name ***« or ***?'],
    ['with an invisible character in it', 'Invalid name Gar\u200bcia', 'Invalid name ***'],
    ['glued to another', 'Invalid place MadisonWI53703', 'Invalid place ***'],
    ['a street by a part of it', 'Invalid place: Main Street', 'Invalid place: *** ***'],
    ['a house number', 'Invalid number 12', 'Invalid number ***'],
    ['an address of e-mail by its parts', 'Invalid domain example', 'Invalid domain ***'],
    ['an id of ours', 'a07afe3b-d247-4415-827f-6837707e1b8b, 2.16.840.1.113883.3.6147.458.1.2.1', '***, ***'],
    ['an initial', 'Zoë Q. Garcia', '*** ***. ***'],
  ])('%s', (_, text, masked) => {
    expect(maskText(text, message)).toBe(masked);
  });

  test.each([
    '1980-05-01',
    '1980-05-01T00:00:00.000Z',
    '05/01/1980',
    '5/1/1980',
    '01.05.1980',
    '05/01/80',
    '5-1-80',
    '19800501',
    '05011980',
    'May 1, 1980',
    'May 1st, 1980',
    '1 May 1980',
    '01-MAY-1980',
    '1st of May 1980',
    '1980',
    '325987200000',
    '325987200',
  ])('a birth date as %s', (spelling) => {
    const masked = maskText(`Invalid DOB: ${spelling}!`, message);
    expect(masked).not.toMatch(/80|1980|may/i);
    expect(masked).toMatch(/^Invalid DOB: \*\*\*/);
  });

  test.each(['+16085551234', '16085551234', '6085551234', '(608) 555-1234', '608.555.1234', '555-1234', '1234'])(
    'a phone number as %s',
    (spelling) => {
      expect(maskText(`Invalid phone ${spelling} given`, message)).toMatch(/^Invalid phone [(+]*(?:1 ?)?\*\*\* given$/);
    },
  );

  test.each(['123-45-6789', '123456789', '123 45 6789', '6789'])('a social security number as %s', (spelling) => {
    expect(maskText(`Invalid SSN ${spelling} given`, message)).toBe('Invalid SSN *** given');
  });

  test('a time of day beside its date', () => {
    const visit = { Visit: { StartDateTime: '2025-03-05T14:30:00.000Z' } };
    expect(maskText('started 3/5/2025 2:30 PM or 14:30', visit)).toBe('started *** *** PM or ***');
  });

  test('a name in a script without capitals or blanks', () => {
    expect(maskText('患者李明不存在', { Patient: { LastName: '李', FirstName: '明' } })).toBe('患者***不存在');
  });

  test('a name that is also the name of a field', () => {
    expect(maskText('Invalid name Patient', { Patient: { LastName: 'Patient' } })).toBe('Invalid name ***');
  });

  test('a name behind an accent on no letter, which capitals would make a letter', () => {
    expect(maskText('Invalid: [\u0345𠀀]', { Patient: { LastName: '\u0345𠀀' } })).toBe('Invalid: [\u0345***]');
  });

  test('a number', () => {
    expect(maskText('Invalid size 4711', { Size: 4711 })).toBe('Invalid size ***');
  });

  test('the whole message, echoed', () => {
    const echoed = maskText(JSON.stringify(message.Patient.Demographics), message);
    const values = [...echoed.matchAll(/"([^":]+)"(?!:)/g)].map(([, value]) => value);
    expect(new Set(values)).toEqual(new Set(['***', '+***']));
  });
});

test('what is kept is one line of at most 500 characters without control characters', () => {
  const masked = maskText(`Nope\r\n\u001b[31m\u0000${'Nope '.repeat(10_000)}`, message);
  expect(masked).toMatch(/^Nope \[31m Nope/);
  expect(masked).not.toMatch(/\p{C}/u);
  expect(masked.length).toBeLessThanOrEqual(500);
});

test('an echo without a blank in it keeps its beginning', () => {
  const echo = JSON.stringify(Array.from({ length: 1_000 }, () => ({ FirstName: 'Zoë', Code: 'E17' })));
  expect(maskText(echo, message)).toMatch(/^\[\{"FirstName":"\*\*\*","Code":"E17"\},/);
});

test('a value on which a long text is cut does not show its first half', () => {
  for (let length = 3_980; length <= 4_001; length += 1) {
    const text = `${'Zoë'.repeat(Math.floor(length / 3))}${' '.repeat(length % 3)} Madisonville`;
    expect(maskText(text, { City: 'Madisonville', FirstName: 'Zoë' })).not.toMatch(/Mad/);
  }
});

describe('for any patient', () => {
  const letters = fc.stringMatching(/^[A-Za-zÀ-ÿĀ-žΑ-ωА-я一-龯' -]{2,14}$/).filter((text) => text.trim().length >= 2);
  const digits = fc.stringMatching(/^\d{4,11}$/);
  const anything = fc.string({ unit: 'binary', minLength: 2, maxLength: 12 });
  const value = fc.oneof(letters, digits, anything).filter((text) => !text.includes('*'));

  const echo = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toUpperCase(),
    (text) => text.toLowerCase(),
    (text) => JSON.stringify(text).slice(1, -1),
    (text) => encodeURIComponent(text.replace(/\p{Cs}/gu, '')),
    (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    (text) => text.replace(/\s+/g, ''),
    (text) => text.replace(/\s+/g, '  '),
  );

  test('no value of two characters or more comes through, however it is echoed', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), echo, (values, echoed) => {
        const ours = { Patient: { Notes: values } };
        const masked = maskText(`Invalid: ${values.map((text) => `[${echoed(text)}]`).join(' ; ')} .`, ours);
        // Between the brackets nothing of it may be left: no letter and no digit.
        for (const [, rest = ''] of masked.matchAll(/\[(.*?)\] (?=[;.])/gu)) expect(rest).not.toMatch(/[\p{L}\p{N}]/u);
        for (const text of values.filter((one) => /[\p{L}\p{N}]/u.test(one))) {
          expect(masked.replace('Invalid', '').toLowerCase()).not.toContain(text.toLowerCase());
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what is packed or escaped is covered as well', () => {
  const name = 'Zoë Garcia Lopez';
  const bytes = [...Buffer.from(name)].map((byte) => byte.toString(16).padStart(2, '0'));
  const points = Array.from(name, (letter) => (letter.codePointAt(0) ?? 0).toString(16));
  test.each([
    ['base64', Buffer.from(name).toString('base64')],
    ['base64 of the whole message', Buffer.from(JSON.stringify(message, null, 2)).toString('base64url')],
    ['hexadecimal', bytes.join('')],
    ['bytes of C', bytes.map((byte) => `\\x${byte}`).join('')],
    ['quoted-printable', bytes.map((byte) => `=${byte.toUpperCase()}`).join('')],
    ['code points in braces', points.map((point) => `\\u{${point}}`).join('')],
    ['code points of Python', points.map((point) => `\\U${point.padStart(8, '0')}`).join('')],
    ['the old escape of JavaScript', points.map((point) => `%u${point.padStart(4, '0')}`).join('')],
    ['entities without an end', points.map((point) => `&#x${point}`).join(' ')],
    ['octal', bytes.map((byte) => `\\${Number.parseInt(byte, 16).toString(8).padStart(3, '0')}`).join('')],
    ['an array of bytes', `[${[...Buffer.from(name)].join(', ')}]`],
    ['an array of signed bytes', JSON.stringify([...new Int8Array(Buffer.from(name))])],
    ['an array of code points', JSON.stringify(Array.from(name, (letter) => letter.codePointAt(0)))],
    ['a dump of bytes', bytes.join(' ')],
    ['a dump of bytes with their prefix', bytes.map((byte) => `0x${byte}`).join(',')],
    ['a dump of bytes with colons', bytes.join(':')],
    ['base64 of letters of two bytes', Buffer.from(name, 'utf16le').toString('base64')],
    ['base64 that was cut off in front', Buffer.from(`a ${name}`).toString('base64').slice(1)],
  ])('%s', (_, packed) => {
    expect(maskText(`Bad value ${packed} in it`, message)).toMatch(/^Bad value \[?(?:\*\*\* ?)+\]? in it$/);
  });

  test('a value behind its name is no escape', () => {
    expect(maskText('zip=53703 sex=Female', message)).toBe('zip=*** sex=***');
  });
});

describe('a piece of a value is covered', () => {
  test.each([
    ['that was cut off', 'Too long: "Garcia Lop', /^Too long: "\*\*\* Lop$/],
    ['that has lost its beginning', 'Too long: adisonville', /^Too long: \*\*\*$/],
    ['of a word that was written with others', 'Bad: xxmadisonvixx', /^Bad: xx\*\*\*xx$/],
    ['turned round', 'Bad: zepoL aicraG', /^Bad: \*\*\*$/],
    ['of digits, turned round with what stands between them', 'Bad SSN: 9876-54-321', /^Bad SSN: \*\*\*$/],
    ['of digits', 'Bad SSN: 12345678 or 987654321', /^Bad SSN: \*\*\*9? or \*\*\*$/],
  ])('%s', (_, text, masked) => {
    expect(maskText(text, { City: 'Madisonville', LastName: 'Garcia Lopez', SSN: '123-45-6789' })).toMatch(masked);
  });

  test('and the words of an error message stay, though a note has them too', () => {
    const error = 'Required field missing - Patient.Demographics in PatientAdmin:NewPatient';
    const notes = 'The patients requires missing fieldwork in administration, demographically newpatients';
    expect(maskText(error, { ...message, Notes: notes })).toBe(error);
  });
});

describe('a long note', () => {
  const words = Array.from({ length: 25_000 }, (_, index) => `${(index * 7919).toString(36)}qz`);
  const note = words.join(' ');
  const foreign = words.map((word) => `é${word}`).join('ñ');
  const long: Readonly<Record<string, string>> = {
    ascii: note,
    foreign,
    letter: 'a'.repeat(200_000),
    digits: '0'.repeat(200_000),
  };

  test.each(Object.keys(long))('of 200 kB (%s) takes no longer than reading it, however it is echoed', (kind) => {
    const text = long[kind] ?? '';
    const echoes = [
      text,
      Buffer.from(text).toString('base64'),
      Buffer.from(text).toString('hex'),
      JSON.stringify([...Buffer.from(text.slice(0, 4_000))]),
      '&#x41;'.repeat(40_000),
      '%41'.repeat(70_000),
      '1,'.repeat(100_000),
      '\\'.repeat(200_000),
    ];
    const ours = { Notes: [{ Text: text }] };
    for (const echo of echoes) {
      const startedAt = performance.now();
      maskText(echo, ours);
      // Many times what it takes on a machine at rest: what is quadratic takes minutes.
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }
  });

  const shorter = note.slice(0, 20_000);
  test('leaves nothing of five characters of itself, wherever it is cut', () => {
    fc.assert(
      fc.property(
        // Fourteen characters at least are left from there: what is packed shorter cannot be told from a code.
        fc.nat(shorter.length - 14),
        fc.integer({ min: 14, max: 900 }),
        fc.constantFrom<(text: string) => string>(
          (text) => text,
          (text) => text.toUpperCase(),
          (text) => text.split('').reverse().join(''),
          (text) => Buffer.from(text).toString('hex'),
          (text) => Buffer.from(text).toString('base64'),
          (text) => JSON.stringify([...Buffer.from(text)]),
        ),
        (from, length, echoed) => {
          const piece = shorter.slice(from, from + length);
          const masked = maskText(`[${echoed(piece)}]`, { Notes: shorter });
          for (const run of masked.match(/[a-z\d+/=]{5,}/gi) ?? []) {
            expect(echoed(piece)).not.toContain(run);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
