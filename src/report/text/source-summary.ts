/** Reads and describes what a run read of an extract, and what it left out. */
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { counted, inFull } from '../../plain-text.ts';

/** The files of an extract; empty if the source is a database. */
export interface SourceSummary {
  readonly files: readonly SourceFileSummary[];
  readonly lines: number;
  readonly left_out: Readonly<Record<string, number>>;
}

interface SourceFileSummary {
  readonly file: string;
  readonly modified_at: string;
  readonly lines: number;
  readonly left_out: Readonly<Record<string, number>>;
  /** Undecodable fields within lines that were read. */
  readonly damaged_fields: number;
  /** Set if the file's age needs a person. */
  readonly age: 'too_old' | 'older_than_others' | null;
}

export async function readSource(session: Session, runNumber: number): Promise<SourceSummary> {
  const rows = await session.run<Omit<SourceFileSummary, 'modified_at'> & { readonly modified_at: Date }>(
    statement('ledger/source/read_source_files'),
    [runNumber],
  );
  const files = rows.map((row) => ({ ...row, modified_at: row.modified_at.toISOString() }));
  const leftOut: Record<string, number> = {};
  for (const { left_out } of files) {
    for (const [reason, count] of Object.entries(left_out)) leftOut[reason] = (leftOut[reason] ?? 0) + count;
  }
  return { files, lines: files.reduce((sum, { lines }) => sum + lines, 0), left_out: leftOut };
}

/** From the newest run that read files, even a refused one; null before the first. */
export async function readLastSource(session: Session): Promise<SourceSummary | null> {
  const { run_number } = await session.one<{ readonly run_number: number | null }>(
    statement('ledger/source/read_last_files'),
  );
  return run_number === null ? null : readSource(session, run_number);
}

export const leftOutOf = ({ left_out }: Pick<SourceSummary, 'left_out'>): number =>
  Object.values(left_out).reduce((sum, count) => sum + count, 0);

/** `61 of 241 lines: stray_quote 60, no_record 1`, the reasons in the words of data-quality.csv. */
export function describeLeftOut(source: Pick<SourceSummary, 'lines' | 'left_out'>): string {
  const all = `of ${counted(source.lines, 'line')}`;
  const left = leftOutOf(source);
  return left === 0 ? `none ${all}` : `${inFull(left)} ${all}: ${reasonsOf(source)}`;
}

/** `stray_quote 60, no_record 1`: the reason of most lines first. */
export const reasonsOf = ({ left_out }: Pick<SourceSummary, 'left_out'>): string =>
  Object.entries(left_out)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${inFull(count)}`)
    .join(', ');
