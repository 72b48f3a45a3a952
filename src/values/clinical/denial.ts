/** Words by which a source denies a row: the condition is absent, the act was not done, the record is a mistake. */
import { lettersAndDigits, lookup, spellings, isNullWord, saysNothingOfCare } from '../word.ts';
import { leftOut, read, type Reading } from '../reading.ts';

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

/** An act that did not take place, with the reason where the source has one. */
export interface NotDone {
  readonly reason: string | undefined;
}

const wordsWithoutReason = new Set(
  spellings(`
    not done | not given | not performed | not administered | not taken | not started | not completed | not carried out |
    did not take place | omitted | missed | withheld`),
);

/** `not given, patient asleep`, `contraindicated`: the words are the reason. */
const notDone = /^(?:not[ -](?:done|given|performed|administered|taken|started|indicated)|contraindicated)\b/i;

/** `refused`, `patient declined`, `refused by parent`, `refusal`; but not `not refused`. */
const refusal = /^(?!.*\bnot\b).*\b(?:refus(?:e|ed|es|ing|al)|declin(?:ed|es|ation))\b/i;

/** Statuses are short; the limit keeps the pattern fast. */
const longestStatus = 200;

/** What a status says of an act that did not take place; undefined if the act did, or may still. */
export const readNotDone = (status: string): NotDone | undefined => {
  if (wordsWithoutReason.has(lettersAndDigits(status))) return { reason: undefined };
  const isShort = status.length <= longestStatus;
  return isShort && (notDone.test(status.trim()) || isRefusal(status)) ? { reason: status.trim() } : undefined;
};

export const isRefusal = (text: string): boolean => text.length <= longestStatus && refusal.test(text);

/** The completion status of HL7 v2 table 0322 (RXA-20), in words. */
const lookUpCompletion = lookup({
  completed: 'CP',
  refused: 'RE',
  'not administered': 'NA',
  'partially administered': 'PA',
});

/** The words for a letter code of that table; any other status stays as it is. */
export const completionInWords = (status: string): string => lookUpCompletion(status) ?? status;

/** The reason that a column for it gives; undefined if it says nothing. */
export const readReasonNotDone = (text: string): string | undefined =>
  saysNothingOfCare(text) || isNullWord(text) ? undefined : text.trim();

/** What a status says of a record that should never have been made: FHIR, HL7 v3 ActStatus, and usual words. */
const words = new Set(
  spellings(`
    entered in error | in error | erroneous | recorded in error | posted in error | documented in error |
    nullified | nullify | void | voided | deleted | delete | wrong patient`),
);

/** The letters of HL7 v2: table 0085 for observations (deleted; posted as wrong), 0438 for allergies (erroneous). */
export const errorLetters = { observation: 'DW', allergy: 'E' } as const;

export const isEnteredInError = (status: string, letters = ''): boolean => {
  const word = lettersAndDigits(status);
  return words.has(word) || (word.length === 1 && letters.toLowerCase().includes(word));
};
