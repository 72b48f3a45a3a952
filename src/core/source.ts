/** A file of an extract, as a run read it. It names lines and counts, never what stands there. */
export interface SourceFile {
  readonly file: string;
  /** The table as which the contract reads it. */
  readonly table: string;
  /** Records in the file, read or left out; blank lines do not count. */
  readonly lines: number;
  readonly bytes: number;
  readonly modifiedAt: Date;
  readonly leftOut: readonly LinesLeftOut[];
  /** Fields of records that were read whose bytes could not be. */
  readonly damagedFields: number;
  readonly endsWithLineEnd: boolean;
}

/** Lines of a file that were left out for one reason. */
export interface LinesLeftOut {
  /** From the closed list of the landing. */
  readonly reason: string;
  readonly count: number;
  /** The first of them, counted from 1 as an editor does. */
  readonly firstLines: readonly number[];
}

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
