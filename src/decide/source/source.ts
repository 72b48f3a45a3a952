/** Why a record of an extract, or one of its fields, could not be read. */
export type LandingProblem =
  /** A quote within a field, text behind a closing quote, or an unclosed quote. */
  | 'stray_quote'
  /** A line longer than a mebibyte; in FHIR files, than 64 of them. */
  | 'too_long'
  | 'too_few_fields'
  | 'too_many_fields'
  /** A zero byte, which Postgres rejects in a text. */
  | 'zero_byte'
  | 'not_utf8'
  /** A required column is empty, or a resource has no id. */
  | 'required_empty'
  /** An id longer than two thousand bytes. */
  | 'key_too_long'
  /** A line of FHIR files that is no JSON, or no resource. */
  | 'no_resource'
  /** A ruler, a trailer or a total rather than a record, so leaving it out is harmless. */
  | 'no_record';

/** The records of a file that were left out for one reason. */
export interface LeftOut {
  readonly reason: LandingProblem;
  readonly count: number;
  /** Their first three line numbers, counted from 1. */
  readonly firstLines: readonly number[];
}

/** What was read from one file of an extract, and what was left out. */
export interface SourceFile {
  /** Name within the folder. */
  readonly file: string;
  /** The table of the contract's queries that receives its rows; the parts of a split table share it. */
  readonly table: string;
  /** Records after the header, read or left out; blank lines are not counted. */
  readonly lines: number;
  readonly modifiedAt: Date;
  /** Size on disk, compressed or not. */
  readonly bytes: number;
  readonly leftOut: readonly LeftOut[];
  /** Fields that were replaced by the damage mark (`damage.ts`). */
  readonly damagedFields: number;
  /** False: the file may have been truncated. */
  readonly endsWithLineEnd: boolean;
}

export const linesLeftOut = (files: readonly SourceFile[]): number =>
  files.reduce((sum, file) => sum + leftOutOf(file), 0);

export const leftOutOf = ({ leftOut }: SourceFile): number => leftOut.reduce((sum, { count }) => sum + count, 0);

/** Why a file's age needs a person: it is older than EXTRACT_MAX_AGE, or much older than the newest file beside it. */
export type FileAge = 'too_old' | 'older_than_others';

/** One export writes all its files within hours, so a gap of a third of the maximum age separates two exports. */
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
