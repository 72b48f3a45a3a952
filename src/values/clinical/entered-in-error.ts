import { lettersAndDigits, spellings } from '../lookup.ts';

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
