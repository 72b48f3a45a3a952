/** Why a record of an extract, or a field of one, could not be read. */
export type LandingProblem =
  /** A quote within a field, something behind a closing quote, or a quote that nothing closes. */
  | 'stray_quote'
  /** A line longer than a mebibyte. */
  | 'too_long'
  | 'too_few_fields'
  | 'too_many_fields'
  /** A byte of value zero, which Postgres cannot hold in a text. */
  | 'zero_byte'
  | 'not_utf8'
  /** A column without which the row means nothing is empty. */
  | 'required_empty'
  /** What should be an id is longer than two thousand bytes. */
  | 'key_too_long';

/** The records of a file that were left out for one reason. */
export interface LeftOut {
  readonly reason: LandingProblem;
  readonly count: number;
  /** The first three of their lines, counted from 1 as an editor does. */
  readonly firstLines: readonly number[];
}

/** What was read of one file of an extract, and what was not. */
export interface SourceFile {
  /** Name within the folder. */
  readonly file: string;
  /** The table of the contract's queries that its rows are in; the parts of a table share it. */
  readonly table: string;
  /** Records behind the header, read or left out; blank lines are none. */
  readonly lines: number;
  readonly modifiedAt: Date;
  /** As the file lies there, packed or not. */
  readonly bytes: number;
  readonly leftOut: readonly LeftOut[];
  /** Fields of records that were read, in whose place the damage mark stands (`damage.ts`). */
  readonly damagedFields: number;
  /** A file without one may have been cut off. */
  readonly endsWithLineEnd: boolean;
}

export const linesLeftOut = (files: readonly SourceFile[]): number =>
  files.flatMap(({ leftOut }) => leftOut).reduce((sum, { count }) => sum + count, 0);
