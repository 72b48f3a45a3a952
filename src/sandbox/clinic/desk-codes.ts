import type { Weighted } from './dice.ts';

/** Codes entered at the desk: mostly HL7 codes, some words, and a few unmappable values. */
type Codes = Weighted<string | null>;

export const femaleCodes: Codes = [
  [93, 'F'],
  [4, 'Female'],
  [1, 'X'],
  [1, 'U'],
  [1, null],
];
export const maleCodes: Codes = [
  [93, 'M'],
  [4, 'male'],
  [1, 'X'],
  [1, '9'],
  [1, null],
];

export const races: Codes = [
  [60, '2106-3'],
  [10, 'White'],
  [3, 'Caucasian'],
  [8, '2054-5'],
  [4, 'Black'],
  [5, '2028-9'],
  [2, '1002-5'],
  [1, '2076-8'],
  [2, 'Declined'],
  [1, 'HISP'],
  [4, null],
];

export const ethnicGroups: Codes = [
  [70, '2186-5'],
  [10, 'Not Hispanic or Latino'],
  [8, '2135-2'],
  [4, 'Hispanic'],
  [8, null],
];

export const maritalStatuses: Codes = [
  [40, 'M'],
  [35, 'S'],
  [10, 'D'],
  [8, 'W'],
  [2, 'Partner'],
  [1, '7'],
  [4, null],
];

export const childMaritalStatuses: Codes = [
  [90, 'S'],
  [10, null],
];

export const languages: Codes = [
  [70, 'en'],
  [14, 'English'],
  [6, 'es'],
  [3, 'Spanish'],
  [2, 'hmn'],
  [1, 'zh'],
  [4, null],
];

export const religions: Codes = [
  [60, null],
  [14, 'Lutheran'],
  [14, 'Catholic'],
  [6, 'None'],
  [2, 'Jewish'],
  [2, 'Muslim'],
  [2, 'Buddhist'],
];
