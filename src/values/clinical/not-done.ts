import { lettersAndDigits, lookup, spellings } from '../lookup.ts';
import { isNullWord, saysNothingOfCare } from '../says-nothing.ts';

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
