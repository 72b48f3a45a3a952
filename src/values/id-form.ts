import { isDamaged } from './damage.ts';
import type { Problem } from './reading.ts';
import { hasUnwritable } from './markup/xml-text.ts';

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
