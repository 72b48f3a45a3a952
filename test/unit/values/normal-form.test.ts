import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddressLine, readZip } from '../../../src/values/contact/address.ts';
import { readLastName, mendedName } from '../../../src/values/person/person-name.ts';
import { buildNewPatient } from '../../../src/message/patient.ts';
import { context, patientRow } from '../message/rows.ts';

/** Names as they come: letters of several scripts, and everything that a keyboard, an export or a copy adds. */
const pieces = fc.constantFrom(
  ...['Smith', 'Núñez', 'Nu\u0301n\u0303ez', 'Ｎúñez', '李', 'محمد', 'علی\u200cرضا', 'NÃºÃ±ez', 'Do', 'Ii', '\u212bsa'],
  ...['Jr', 'Jr.', 'SR', 'II', 'iii', 'IV', ', MD', ',RN', ', Ph.D.', ', Do', ' MD', 'MD', 'Jr Jr'],
  ...[' ', '  ', '\u00a0', '\u200b', '\u200d', '\u00ad', '\ufeff', '\u202a', '\t', '\u037e'],
  ...[
    ',',
    '.',
    ';',
    ':',
    '-',
    '_',
    '/',
    '|',
    "'",
    '\u2019',
    '\u2011',
    '&',
    '&amp;',
    '&amp;amp;amp;amp;',
    '＆',
    '&#39;',
  ],
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary' }),
);

const lastName = (text: string): string => readLastName(mendedName(text)).value ?? '';
const address = (text: string): string => readAddressLine(text).value ?? '';

const forms = [
  ['a name', mendedName],
  ['a last name', lastName],
  ['a line of an address', address],
] as const;

/** The letters of an entity are none. */
const hasLetter = (text: string): boolean => /\p{L}/u.test(text.replace(/[&＆][\w#;&＆]*/g, ''));

describe.each(forms)('the normal form of %s', (_, normal) => {
  test('is its own normal form', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(normal(normal(text))).toBe(normal(text));
      }),
    );
  });

  test('is never empty where there is a letter', () => {
    fc.assert(
      fc.property(texts, (text) => {
        if (hasLetter(text)) expect(normal(text)).toMatch(/\p{L}/u);
      }),
    );
  });
});

describe('ids', () => {
  test('are never normalised', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('Z', '7', 'É'), (text, end) => {
        const id = `${text}${end}`;
        const { message } = buildNewPatient(patientRow({ patient_id: id, mrn: id }), context);
        expect(message).toMatchObject({ Patient: { Identifiers: [{ ID: id }] } });
      }),
    );
  });
});

describe('a last name', () => {
  test.each([
    ['Smith Jr.', 'Smith'],
    ['SMITH, SR', 'SMITH'],
    ['Smith III', 'Smith'],
    ['van der Berg iv', 'van der Berg'],
    ['Smith, MD', 'Smith'],
    ['Smith Jr., M.D., Ph.D.', 'Smith'],
  ])('%s is sent as %s, with a finding', (given, sent) => {
    expect(readLastName(mendedName(given))).toEqual({ value: sent, problems: ['suffix_left_out'] });
  });

  test.each(['Jr', 'III', 'Do', 'Nguyen, Do', 'Smith MD', 'Ma', 'Smith V', 'OLSEN, BERT', 'Sr Jr-Smith', 'Junior'])(
    '%s is sent as it is',
    (name) => {
      expect(readLastName(mendedName(name))).toEqual({ value: name, problems: [] });
    },
  );
});

test.each([
  ['12  Elm\u00a0St., ', '12 Elm St'],
  ['Sa\u0303o Paulo', 'São Paulo'],
  ['St. Louis', 'St. Louis'],
  ['#4', '#4'],
  ['-', '-'],
])('the line %j of an address is sent as %j', (given, sent) => {
  expect(address(given)).toBe(sent);
});

test.each([
  ['53703-1234', '53703', '53703-1234'],
  ['537031234', '53703', '53703-1234'],
  ['53703\u200b', '53703', '53703'],
  ['53703-0000', '53703', '53703'],
])('the ZIP %j is sent as %s, or as given as %s', (given, five, asGiven) => {
  expect([readZip(given, 'five').value, readZip(given, 'as-given').value]).toEqual([five, asGiven]);
});
