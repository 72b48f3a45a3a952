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
  | 'key_too_long'
  /** A ruler, a trailer or a total, which is no record at all: nothing is lost by it. */
  | 'no_record';

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
  files.reduce((sum, file) => sum + leftOutOf(file), 0);

export const leftOutOf = ({ leftOut }: SourceFile): number => leftOut.reduce((sum, { count }) => sum + count, 0);

/** Why the age of a file needs a person: older than EXTRACT_MAX_AGE, or much older than the newest file beside it. */
export type FileAge = 'too_old' | 'older_than_others';

/** One export writes its files within hours; a third of the age that is borne tells two exports apart. */
const apartBy = 1 / 3;

/** The files whose age needs a person. `files`: those that the contract reads. */
export function agesOf(files: readonly SourceFile[], now: Date, maxAgeMs: number): ReadonlyMap<string, FileAge> {
  const newest = Math.max(...files.map(({ modifiedAt }) => modifiedAt.getTime()));
  const ages = new Map<string, FileAge>();
  for (const { file, modifiedAt } of files) {
    const writtenMs = modifiedAt.getTime();
    if (now.getTime() - writtenMs > maxAgeMs) ages.set(file, 'too_old');
    else if (newest - writtenMs > maxAgeMs * apartBy) ages.set(file, 'older_than_others');
  }
  return ages;
}
