/**
 * The result of reading one text: an optional value, and its problems. A word for "nothing" ("unknown", "n/a") gives an
 * empty result; a text that was understood with a doubt has a value and a problem.
 */
export interface Reading<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

export const read = <T>(value: T, ...problems: readonly Problem[]): Reading<T> => ({ value, problems });

export const leftOut = (...problems: readonly Problem[]): Reading<never> => ({ value: undefined, problems });

/**
 * A problem with a value, found while reading a row or building a message. It contains the column and the problem,
 * never the value.
 */
export interface Finding {
  /** Column of the contract, e.g. `birth_date`. */
  readonly column: string;
  readonly problem: Problem;
}

/** The problem and how it was handled; see `reports/README.md`, "Kinds of data quality". */
export type Problem =
  /** Outside every value set: sent as `Unknown`, sent as it is, or left out. */
  | 'unmapped'
  /** Unreadable as the column's type: left out. */
  | 'malformed'
  /** An hour that occurs twice: resolved as the dictionary describes. */
  | 'ambiguous_time'
  /** An hour that does not exist: moved forward. */
  | 'missing_time'
  | 'end_before_start'
  /** A filler for an unknown date (`event-time.ts`): left out. */
  | 'filler_date'
  /** Too far in the future for a past event; for a death, also before the birth: left out. */
  | 'impossible_date'
  /** A date with a time that is another day on another clock: left out. */
  | 'ambiguous_date'
  /** `deceased` is false and `deceased_at` is a date: sent as alive. */
  | 'death_contradicted'
  /** The row leaves open whether the patient has died: nothing is sent about death. */
  | 'death_unclear'
  /** A control character that replaces no blank, or a character that XML forbids: sent as U+FFFD; an id is left out. */
  | 'forbidden_character'
  /** Unreadable bytes of the source: left out. */
  | 'damaged'
  /** RTF, HTML or base64 whose text is uncertain: left out. */
  | 'markup'
  /** A file of a note above the limit (`note-file.ts`): left out. */
  | 'file_too_large'
  /** `negated` has a word that is not understood: left out of the coded part. */
  | 'negation_unclear'
  /** A row that the source has marked as a mistake: left out. */
  | 'entered_in_error'
  /** Not a plain decimal number: left out of the coded part. */
  | 'not_a_number'
  /** Impossible as a code of its system: left out of the coded part. */
  | 'not_a_code'
  /** A code in lower case or with a final dot: sent as its system writes it. */
  | 'code_mended'
  /** A name with characters that certainly stand for others: sent corrected. */
  | 'name_mended'
  /** A last name with a generational suffix, or behind a comma a degree: sent without it. */
  | 'suffix_left_out'
  /** A name that programs write for NULL: sent as it is. */
  | 'null_word'
  /** A name that was decoded with a wrong encoding: sent as it is. */
  | 'mojibake'
  /** These four: hardly a first or last name, sent as it is. */
  | 'digit_in_name'
  | 'comma_in_name'
  | 'title_in_name'
  | 'placeholder_name';
