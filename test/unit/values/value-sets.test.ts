import { describe, expect, test } from 'vitest';
import { countryTable, readCountry, isDomestic, readState, readZip } from '../../../src/values/contact/address.ts';
import {
  languageTable,
  readLanguage,
  isHispanic,
  readEthnicity,
  readMaritalStatus,
  readRaces,
  soleRace,
  readSex,
} from '../../../src/values/person/value-sets.ts';
import type { Reading } from '../../../src/values/reading.ts';
import { readBoolean, lookup } from '../../../src/values/word.ts';
import { readEmail, readPhone } from '../../../src/values/contact/telecom.ts';
import { readEncounterClass, readEncounterStatus } from '../../../src/values/encounter.ts';
import { readNpi, readSsn } from '../../../src/values/identifier.ts';

type Expectations = readonly (readonly [value: unknown, ...texts: readonly string[]])[];

/** Every text gives the value and nothing to complain about; `undefined` for a text that says nothing. */
const takes = (reader: (text: string) => Reading<unknown>, expectations: Expectations): void => {
  const rows = expectations.flatMap(([value, ...texts]) => texts.map((text) => [text, value] as const));
  test.each(rows)('takes %j for %j', (text, value) => {
    expect(reader(text)).toEqual({ value, problems: [] });
  });
};

const reports = (
  reader: (text: string) => Reading<unknown>,
  problem: string,
  value: unknown,
  texts: readonly string[],
): void => {
  test.each(texts)(`takes %j for no known value, and reports ${problem}`, (text) => {
    expect(reader(text)).toEqual({ value, problems: [problem] });
  });
};

describe('sex', () => {
  takes(readSex, [
    ['Female', 'F', 'f', 'female', 'FEMALE', ' Female ', '248152002'],
    ['Male', 'M', 'male', 'Male'],
    ['Nonbinary', 'X', 'non-binary', 'Nonbinary'],
    ['Other', 'O', 'other', 'A', 'UN', 'Undifferentiated'],
    ['Unknown', 'U', 'unknown', 'UNK', 'N/A', '-', 'declined to answer', 'N'],
  ]);
  reports(readSex, 'unmapped', 'Unknown', ['Q', 'femail', '1']);
});

describe('race', () => {
  const readRace = (text: string): Reading<string> => {
    const { value, problems } = readRaces(text);
    return { value: value === undefined ? undefined : soleRace(value), problems };
  };
  takes(readRace, [
    ['White', '2106-3', 'white', 'WHITE', 'Caucasian', 'White or Caucasian'],
    ['Black or African American', '2054-5', 'black', 'African American', 'african-american'],
    ['Asian', '2028-9', 'asian', '2034-7', 'Korean'],
    ['American Indian or Alaska Native', '1002-5', 'native', 'American Indian / Alaska Native'],
    ['Native Hawaiian or Other Pacific Islander', '2076-8', 'hawaiian', 'Native Hawaiian or Pacific Islander'],
    ['Other Race', '2131-1', 'other', 'Two or more races'],
    ['Unknown', 'unknown', 'U', 'Patient Refused', 'ASKU'],
  ]);
  reports(readRace, 'unmapped', 'Unknown', ['martian', '9999-9']);
});

describe('ethnicity', () => {
  takes(readEthnicity, [
    ['Hispanic or Latino', '2135-2', 'H', 'hispanic', 'Hispanic/Latino', '2148-5', 'Puerto Rican', 'true'],
    ['Not Hispanic or Latino', '2186-5', 'N', 'nonhispanic', 'Non-Hispanic', 'NOT HISPANIC OR LATINO', 'f'],
    ['Unknown', 'U', 'unknown', 'declined'],
  ]);
  reports(readEthnicity, 'unmapped', 'Unknown', ['german']);

  test('is yes, no or absent in PatientAdmin', () => {
    expect(isHispanic).toEqual({
      'Hispanic or Latino': true,
      'Not Hispanic or Latino': false,
      Unknown: undefined,
    });
  });
});

describe('marital status', () => {
  takes(readMaritalStatus, [
    ['Married', 'M', 'married'],
    ['Single', 'S', 'Never Married'],
    ['Divorced', 'D'],
    ['Widowed', 'W', 'widower'],
    ['Separated', 'A'],
    ['Legally Separated', 'E', 'L', 'legally separated'],
    ['Annulled', 'N'],
    ['Domestic partner', 'P', 'Domestic Partner'],
    ['Registered domestic partner', 'R'],
    ['Common law', 'C', 'Common Law'],
    ['Unreported', 'T', 'not reported'],
    ['Unknown', 'U', 'UNK', ''],
  ]);
  reports(readMaritalStatus, 'unmapped', 'Unknown', ['it is complicated', 'Z']);
});

describe('language', () => {
  takes(readLanguage, [
    ['en', 'en', 'EN', 'eng', 'English', 'en-US', 'en_US', 'English (US)'],
    ['es', 'es', 'spa', 'Spanish', 'Castilian', 'Español', 'es-419', 'Spanish (Mexico)'],
    ['fr', 'fra', 'fre', 'fr-CA', 'French'],
    ['de', 'ger', 'deu', 'German'],
    ['zh', 'chi', 'zho', 'zh-Hans-CN', 'Chinese - Mandarin', 'Cantonese', 'Chinese (Mandarin)'],
    ['ht', 'hat', 'Haitian Creole', 'Creole'],
    ['tl', 'Tagalog', 'Filipino', 'fil'],
    ['fa', 'Farsi', 'per'],
    ['na', 'na', 'Nauru'],
    [undefined, 'und', 'unknown', 'N/A', 'n/a', '-'],
  ]);
  reports(readLanguage, 'unmapped', undefined, [
    'Hmong',
    'Klingon',
    'American Sign Language',
    'xx',
    'en, es',
    'fr-creole',
  ]);
});

describe('country', () => {
  takes(readCountry, [
    ['US', 'US', 'us', 'USA', 'U.S.A.', 'United States', 'United States of America', 'The United States'],
    ['GB', 'UK', 'England', 'United Kingdom', 'GBR'],
    ['CI', "Cote d'Ivoire", 'Côte d’Ivoire', 'Ivory Coast'],
    ['TR', 'Turkey', 'Türkiye', 'TUR'],
    ['NA', 'NA', 'NAM', 'Namibia'],
    ['PR', 'Puerto Rico'],
    ['BA', 'Bosnia & Herzegovina'],
    [undefined, 'unknown', 'N/A', 'n/a'],
  ]);
  reports(readCountry, 'unmapped', undefined, ['Korea', 'Congo', 'Atlantis', 'XX', 'ZZ']);

  test('is exactly the list of ISO 3166', () => {
    expect(countryTable.match(/;/g)).toHaveLength(249);
  });
});

test('every language has its BCP 47 code of three letters', () => {
  const languages = [...languageTable.matchAll(/\b(\w{2}) (\w{3})\b/g)];
  expect(languages.length).toBeGreaterThan(100);
  for (const [, code = '', threeLetters = ''] of languages) {
    // Tagalog and Filipino are one language to ISO 639-1 and two to BCP 47, as are Twi and Akan.
    if (code === 'tl' || code === 'tw') continue;
    expect(Intl.getCanonicalLocales(threeLetters)).toEqual([code]);
  }
});

describe('state', () => {
  takes(readState, [
    ['MA', 'MA', 'ma', 'Massachusetts', 'Mass.'],
    ['DC', 'D.C.', 'Washington, DC', 'District of Columbia'],
    ['WA', 'Washington'],
    ['NY', 'N.Y.', 'New York'],
    ['PR', 'Puerto Rico'],
    ['AE', 'AE'],
    [undefined, 'unknown', '--'],
  ]);
  reports(readState, 'unmapped', undefined, ['Ontario', 'XX', 'Massachusets']);

  test.each([
    ['US', true],
    ['Puerto Rico', true],
    ['unknown', true],
    ['Canada', false],
    ['Atlantis', false],
  ])('an address in %j is domestic: %j', (country, domestic) => {
    expect(isDomestic(readCountry(country))).toBe(domestic);
  });
});

describe('ZIP code', () => {
  takes(readZip, [
    ['02155', '02155', ' 02155 ', '021550000', '02155-0000'],
    ['12345-6789', '12345-6789', '123456789', '12345 6789'],
    [undefined, '00000', '00000-0000', 'unknown'],
  ]);
  reports(readZip, 'malformed', undefined, ['2155', '1234A', '123456', '12345-67', 'K1A 0B1']);
});

describe('phone', () => {
  takes(readPhone, [
    [
      '+16085551234',
      ...['(608) 555-1234', '608-555-1234', '608.555.1234', '6085551234', '1-608-555-1234', '+1 608 555 1234'],
      ...['608/555-1234', '608 – 555 – 1234', 'tel:+1-608-555-1234', '\u202a(608) 555‑1234\u202c', '1 (608) 555 1234'],
      ...['608-555-1234 x123', '608-555-1234x5', '(608)555-1234 ext. 12', '608-555-1234, Ext 7', '608-555-1234 #42'],
      ...['608-555-1234 extension 123', 'tel:+16085551234;ext=9', '011 1 608 555 1234'],
    ],
    ['+442079460958', '+44 20 7946 0958', '+44 (0)20 7946 0958', '011 44 20 7946 0958'],
    ['+4930123456', '+49 30 123456'],
    ['+15557674672', '555-767-4672'],
    [undefined, 'unknown', 'none', 'N/A', '-'],
  ]);
  reports(readPhone, 'malformed', undefined, [
    ...['555-1234', '000-000-0000', '999-999-9999', '111-111-1111', '123-456-7890', '608-155-1234', '608-911-1234'],
    ...['911-555-1234', '60855512345', '2-608-555-1234', '1-800-FLOWERS', '+1 608 155 1234', '+0 123 456 789', '+44'],
    ...['+1234567890123456', 'call the sister', '608-555-1234 / 608-555-9999', '０１２３'],
  ]);
});

describe('email address', () => {
  takes(readEmail, [
    ['ana@example.org', 'ana@example.org', ' ana@example.org '],
    ["o'neil+clinic@mail.example.co.uk", "o'neil+clinic@mail.example.co.uk"],
    [undefined, 'none', 'declined', 'n/a'],
  ]);
  reports(readEmail, 'malformed', undefined, [
    ...['ana', 'ana@', '@example.org', 'ana@example', 'a b@example.org', 'ana@example..org', 'ana@@example.org'],
    ...['ana@example.org; bob@example.org', `${'a'.repeat(65)}@example.org`, `a@${'b.'.repeat(130)}org`],
  ]);
});

describe('social security number', () => {
  takes(readSsn, [
    ['999-17-5017', '999-17-5017', '999175017', '999 17 5017'],
    ['012-34-5678', '012345678'],
    [undefined, 'unknown', '---'],
  ]);
  reports(readSsn, 'malformed', undefined, [
    ...['000-00-0000', '999999999', '12345678', '1234567890', '***-**-1234', '12-345-6789', 'ABC-DE-FGHI'],
  ]);
});

describe('national provider identifier', () => {
  // 1234567893 is the example of CMS's paper on the check digit.
  takes(readNpi, [
    ['1234567893', '1234567893', ' 1234567893 '],
    [undefined, 'none'],
  ]);
  reports(readNpi, 'malformed', undefined, ['1234567890', '123456789', '12345678930', '123456789X']);
});

describe('boolean', () => {
  takes(readBoolean, [
    [true, 't', 'true', 'TRUE', '1', 'y', 'Yes', 'on'],
    [false, 'f', 'false', '0', 'N', 'no'],
    [undefined, 'unknown', '?'],
  ]);
  reports(readBoolean, 'malformed', undefined, ['2', 'maybe', 'dead']);
});

describe('encounter', () => {
  takes(readEncounterClass, [
    ['inpatient', 'inpatient', 'Inpatient', ' INPATIENT '],
    ['outpatient', 'AMB', 'ambulatory', 'O'],
    ['inpatient', 'IMP', 'I', 'ACUTE'],
    ['emergency', 'EMER', 'ED', 'E'],
    ['home', 'HH'],
    ['virtual', 'VR', 'telehealth'],
    ['other', 'other', 'unknown', 'OBSENC'],
  ]);
  reports(readEncounterClass, 'unmapped', 'other', ['spa', 'B']);
  takes(readEncounterStatus, [
    ['finished', 'finished', 'Finished'],
    ['cancelled', 'cancelled', 'canceled'],
  ]);
  reports(readEncounterStatus, 'unmapped', undefined, ['done', 'unknown']);
});

test('a table with one spelling under two values fails to load', () => {
  expect(() => lookup({ one: 'a | b', two: 'B.' })).toThrow('The spelling b belongs to two values');
});
