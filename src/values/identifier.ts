/** Ids: which form an id may have, and the numbers that the US issues. */
import { isDamaged } from './damage.ts';
import { type Problem, leftOut, read, type Reading } from './reading.ts';
import { hasUnwritable } from './markup/xml-text.ts';
import { saysNothing } from './word.ts';

/**
 * Ids that a spreadsheet has reformatted: `1.23E+11` has lost its digits, `="001"` is a formula, `#REF!` a failed one.
 * A whole number before `E` without a plus after it may be a real id: `4E5`, `12E-34`.
 */
const spreadsheetForm =
  /^\s*(?:[-+]?\d+(?:[.,]\d+)?E\+\d+|[-+]?\d+[.,]\d+E-?\d+|="[^"]*"|#(?:REF|VALUE|NAME|NUM|DIV\/0|NULL|SPILL|CALC)[!?]|#{3,})\s*$/i;

export const isSpreadsheetForm = (text: string): boolean => spreadsheetForm.test(text);

/**
 * Why an id cannot be sent, or undefined. An id is sent byte for byte or left out, because any change makes it another
 * id.
 */
export const idObjection = (
  text: string,
): Extract<Problem, 'damaged' | 'forbidden_character' | 'malformed'> | undefined => {
  if (isDamaged(text)) return 'damaged';
  if (hasUnwritable(text)) return 'forbidden_character';
  return isSpreadsheetForm(text) ? 'malformed' : undefined;
};

/**
 * National Provider Identifier: ten digits, the last a Luhn check digit over the number prefixed with 80840 (45 CFR
 * 162.406; CMS, "Requirements for National Provider Identifier").
 */
export const readNpi = (text: string): Reading<string> => {
  const npi = text.trim();
  if (saysNothing(npi)) return leftOut();
  return /^\d{10}$/.test(npi) && luhnHolds(`80840${npi}`) ? read(npi) : leftOut('malformed');
};

/** Counted from the right, every second digit is doubled and its digits added; the sum ends in zero (mod 10). */
export const luhnHolds = (digits: string): boolean => {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
};

/**
 * Redox: Patient.Demographics.SSN, `ddd-dd-dddd` as in its samples. Numbers that the Social Security Administration
 * never issues (9xx) pass, because they are taxpayer numbers or synthetic. Nine equal digits are a filler and are left
 * out: patients who share a filler would look like one person.
 */
export const readSsn = (text: string): Reading<string> => {
  const [, area, group, serial] = /^(\d{3})[-\s]?(\d{2})[-\s]?(\d{4})$/.exec(text.trim()) ?? [];
  if (area === undefined || group === undefined || serial === undefined) {
    return saysNothing(text) ? leftOut() : leftOut('malformed');
  }
  return /^(\d)\1*$/.test(area + group + serial) ? leftOut('malformed') : read(`${area}-${group}-${serial}`);
};
