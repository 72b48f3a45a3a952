import { lettersAndDigits, lookup, spellings } from '../lookup.ts';
import { leftOut, read, type Reading } from '../reading.ts';
import { isNullWord } from '../says-nothing.ts';

/**
 * Words that deny a condition: FHIR's verification status `refuted`, and the usual words of clinicians. A status may
 * hold them too.
 */
const denials = `
  refuted | negative | neg | negated | absent | not present | none present | denied | denies | patient denies |
  ruled out | excluded | not detected`;

const lookUp = lookup({
  true: `t | yes | y | on | 1 | ${denials}`,
  false: 'f | no | n | off | 0 | confirmed | unconfirmed | presumed | positive | present | affirmed | not negated',
});

/**
 * Is the condition known to be absent? An empty column says no. A word that is not understood, `unknown` included,
 * leaves it open: the condition must then appear neither as present nor as absent.
 */
export const readNegation = (text: string): Reading<boolean> => {
  const value = lookUp(text);
  if (value !== undefined) return read(value === 'true');
  const isEmpty = isNullWord(text) || (lettersAndDigits(text) === '' && !text.includes('?'));
  return isEmpty ? leftOut() : leftOut('negation_unclear');
};

const denyingWords = new Set(spellings(denials));

/** Does a status deny the condition? */
export const isDenial = (status: string): boolean => denyingWords.has(lettersAndDigits(status));
