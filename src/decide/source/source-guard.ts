/**
 * The guard's check of extract files, before any row is compared: rows missing from a damaged file look like changes in
 * the EHR. Every reason is a clause that continues "Refused: ".
 */
import { inFull } from '../../plain-text.ts';
import { leftOutOf, type SourceFile } from './source.ts';

/** The share of unreadable lines that is always tolerated; LINES_LEFT_OUT may raise it. */
const usualShare = 0.05;
/** Fewer lines than this are no mass damage. */
const fewLines = 10;

/** Files that lost all or too many of their lines. `isEssential`: the query of patients or visits reads the file. */
export function leftOutReasons(
  files: readonly SourceFile[],
  isEssential: (file: SourceFile) => boolean,
  linesLeftOut: number,
): readonly string[] {
  const limit = Math.max(usualShare, linesLeftOut);
  return files.flatMap((file) => {
    const leftOut = recordsLeftOut(file);
    if (leftOut > 0 && leftOut === recordsIn(file))
      return [`all ${inFull(leftOut)} lines of ${file.file} were left out: ${why(file)}`];
    if (!isEssential(file) || leftOut < fewLines || leftOut <= limit * recordsIn(file)) return [];
    return [`${inFull(leftOut)} of the ${inFull(file.lines)} lines of ${file.file} were left out: ${why(file)}`];
  });
}

/** Rulers, trailers and totals are left out harmlessly, because they hold no record. */
const noRecords = ({ leftOut }: SourceFile): number => leftOut.find(({ reason }) => reason === 'no_record')?.count ?? 0;

const recordsIn = (file: SourceFile): number => file.lines - noRecords(file);

const recordsLeftOut = (file: SourceFile): number => leftOutOf(file) - noRecords(file);

const why = ({ leftOut }: SourceFile): string =>
  leftOut
    .map(
      ({ reason, count, firstLines }) =>
        `${inFull(count)} ${reason}, first ${firstLines.length === 1 ? 'line' : 'lines'} ${firstLines.join(', ')}`,
    )
    .join('; ');

/** A table of an extract: its file, or one of them, and the number of rows read. */
export interface TableRows {
  readonly file: string;
  readonly rows: number;
}

/**
 * Tables that vanished, or lost more than half of their rows, since the last full sweep. Both maps are keyed by table
 * name.
 */
export function shrunkReasons(
  before: ReadonlyMap<string, TableRows>,
  now: ReadonlyMap<string, TableRows>,
  isRead: (table: string) => boolean,
): readonly string[] {
  return [...before].flatMap(([table, had]) => {
    if (!isRead(table) || had.rows === 0) return [];
    const has = now.get(table);
    const last = `the last full sweep read ${inFull(had.rows)} rows from it`;
    if (has === undefined) return [`${had.file} is gone, and ${last}`];
    const isShrunk = had.rows >= fewLines && has.rows * 2 < had.rows;
    return isShrunk ? [`${has.file} has ${inFull(has.rows)} rows, and ${last}`] : [];
  });
}
