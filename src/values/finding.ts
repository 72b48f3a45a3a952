/**
 * Something about a value that people should look at, found while a row was read or a message built. It names the
 * column and the trouble, never the value.
 */
export interface Finding {
  /** Column of the contract, e.g. `birth_date`. */
  readonly column: string;
  readonly problem: Problem;
}

/** What was found, and what was done about it: in full in `reports/README.md`, "Kinds of data quality". */
export type Problem =
  /** In no value set: sent as `Unknown`, as it is, or left out. */
  | 'unmapped'
  /** Not readable as what the column holds: left out. */
  | 'malformed'
  /** An hour that occurs twice: taken as the dictionary says. */
  | 'ambiguous_time'
  /** An hour that does not exist: moved forward. */
  | 'missing_time'
  | 'end_before_start'
  /** Written where no date is known (`filler-date.ts`): left out. */
  | 'filler_date'
  /** Too late to have happened; of a death, also before the birth: left out. */
  | 'impossible_date'
  /** A date with a time that is another day on another clock: left out. */
  | 'ambiguous_date'
  /** `deceased` is false and `deceased_at` is a date: sent as alive. */
  | 'death_contradicted'
  /** Whether the patient has died cannot be read from the row: nothing is sent about it. */
  | 'death_unclear'
  /** A control character that stands for no blank, or a character that XML cannot hold: sent as U+FFFD; an id is left out. */
  | 'forbidden_character'
  /** Bytes of the source that could not be read: left out. */
  | 'damaged'
  /** RTF, HTML or base64 that is not certainly a text: left out. */
  | 'markup'
  /** No plain decimal number: left out of the coded part. */
  | 'not_a_number'
  /** Cannot be a code of its system: left out of the coded part. */
  | 'not_a_code'
  /** A code in small letters or with a dot at its end: sent as its system writes it. */
  | 'code_mended'
  /** A name with characters that are certainly meant otherwise: sent as they are meant. */
  | 'name_mended'
  /** A name that programs write for nothing: sent as it is. */
  | 'null_word'
  /** A name that went through a wrong encoding: sent as it is. */
  | 'mojibake'
  /** These four: hardly a first or last name, sent as it is. */
  | 'digit_in_name'
  | 'comma_in_name'
  | 'title_in_name'
  | 'placeholder_name';
