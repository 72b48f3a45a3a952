import { isDamaged } from './damage.ts';
import type { Problem } from './finding.ts';
import { hasUnwritable } from './markup/xml-text.ts';

/**
 * What a spreadsheet makes of an id: `1.23E+11` has lost its digits, `="001"` is a formula. Also what it writes where a
 * formula failed. A whole number before `E` and no plus behind it may be an id: `4E5`, `12E-34`.
 */
const spreadsheetForm =
  /^\s*(?:[-+]?\d+(?:[.,]\d+)?E\+\d+|[-+]?\d+[.,]\d+E-?\d+|="[^"]*"|#(?:REF|VALUE|NAME|NUM|DIV\/0|NULL|SPILL|CALC)[!?]|#{3,})\s*$/i;

export const isSpreadsheetForm = (text: string): boolean => spreadsheetForm.test(text);

/**
 * Why an id cannot be sent, or undefined. An id goes out byte for byte or not at all: with any character changed it names
 * another thing.
 */
export const idObjection = (
  text: string,
): Extract<Problem, 'damaged' | 'forbidden_character' | 'malformed'> | undefined => {
  if (isDamaged(text)) return 'damaged';
  if (hasUnwritable(text)) return 'forbidden_character';
  return isSpreadsheetForm(text) ? 'malformed' : undefined;
};
