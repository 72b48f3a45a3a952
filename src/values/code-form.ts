/** Checks whether a text can be a code of its system, and corrects its case. */
import { isSpreadsheetForm, luhnHolds } from './identifier.ts';
import { leftOut, read, type Reading } from './reading.ts';

/**
 * The code as it is sent. A number that a spreadsheet reformatted is rejected in every system. Beyond that only certain
 * rules apply, so a code of any other system passes.
 */
export const readCode = (text: string, systemName: string | undefined): Reading<string> => {
  if (
    text.length <= longestNumber &&
    !surelyNoNumber.test(text) &&
    (isSpreadsheetForm(text) || spreadsheetNumber.test(text))
  ) {
    return leftOut('not_a_code');
  }
  return readers.get(systemName ?? '')?.(text) ?? read(text);
};

/** Spreadsheets write shorter numbers than this. */
const longestNumber = 100;

/** Recognises most codes at one look. */
const surelyNoNumber = /^[A-Za-z\d]+(?:-\d)?$/;

/** `38341003.0`, `38,341,003`, `'38341003`. ICD-9-CM has at most three digits before its dot. */
const spreadsheetNumber = /^(?:\d{4,}\.0+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|'.*)$/;

const fitting =
  (fits: (code: string) => boolean) =>
  (code: string): Reading<string> =>
    fits(code) ? read(code) : leftOut('not_a_code');

/** ICD-10-CM and HCPCS are written in capitals, and never end in a dot: `j44.` is J44. */
const inCapitals = (code: string): Reading<string> => {
  const mended = code.toUpperCase().replace(/\.$/, '');
  return mended === code ? read(code) : read(mended, 'code_mended');
};

/** By the system's name in `code-system.ts`. */
const readers: ReadonlyMap<string, (code: string) => Reading<string>> = new Map([
  ['SNOMED CT', fitting((code) => /^[1-9]\d{5,17}$/.test(code) && verhoeffHolds(code))],
  ['LOINC', fitting((code) => loincPart.test(code) || (/^\d{1,7}-\d$/.test(code) && luhnHolds(code.replace('-', ''))))],
  ['RxNorm', fitting((code) => /^\d{1,8}$/.test(code))],
  ['CVX', fitting((code) => /^\d{1,4}$/.test(code))],
  ['ICD-10-CM', inCapitals],
  ['HCPCS', inCapitals],
]);

/**
 * A LOINC code ends in a check digit by Luhn (LOINC Users' Guide, appendix C). Answers, parts, groups and lists begin
 * with letters and have another one.
 */
const loincPart = /^L[APGL]\d{1,7}-\d$/i;

/** The multiplication table of the dihedral group D5, and the permutation of each place (SNOMED CT, SCTID check digit). */
const product = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const permutations = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

const verhoeffHolds = (digits: string): boolean => {
  let check = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    check = Number(product[check]?.[Number(permutations[place % 8]?.[digit])]);
  }
  return check === 0;
};
