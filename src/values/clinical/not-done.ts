import { lettersAndDigits, lookup, spellings } from '../lookup.ts';
import { isNullWord, saysNothingOfCare } from '../says-nothing.ts';

/** An act that did not take place, with the reason where the source has one. */
export interface NotDone {
  readonly reason: string | undefined;
}

const wordsWithoutReason = new Set(
  spellings('not done | not given | not performed | not administered | not taken | not started | omitted | missed'),
);

/** `refused`, `patient declined`, `refused by parent`, `refusal`; but not `not refused`. */
const refusal = /^(?!.*\bnot\b).*\b(?:refus(?:ed|es|al)|declin(?:ed|es))\b/i;

/** Statuses are short; the limit keeps the pattern fast. */
const longestStatus = 200;

/** What a status says of an act that did not take place; undefined where the act did, or may still. */
export const readNotDone = (status: string): NotDone | undefined => {
  if (wordsWithoutReason.has(lettersAndDigits(status))) return { reason: undefined };
  return isRefusal(status) ? { reason: status.trim() } : undefined;
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

/** The reason that a column for it gives; undefined where it says nothing. */
export const readReasonNotDone = (text: string): string | undefined =>
  saysNothingOfCare(text) || isNullWord(text) ? undefined : text.trim();
