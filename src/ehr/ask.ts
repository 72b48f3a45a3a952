import { DatabaseFault } from '../postgres/database-fault.ts';
import type { Session } from '../postgres/session.ts';
import type { SiteQuery } from './contract-query.ts';
import { failedOnRow } from './failed-on-row.ts';
import { holdsAnyBytes, markedRow } from './unchecked-bytes.ts';

/** A row as the session gives it: each value as the text that Postgres prints, or null. */
export type RawRow = Readonly<Record<string, string | null>>;

interface Question {
  /** The site's own query. */
  readonly query: SiteQuery;
  /** That query as composed into ours. */
  readonly text: string;
  readonly ids: readonly string[];
  /** What a person does where it takes too long. */
  readonly remedy: string;
  /** No row of more bytes than these is read: `TooMuchText` is thrown before, and the session is over. */
  readonly largestRow: number;
}

/** Asks the EHR for the rows of some ids, and hands on each as it comes. */
export async function ask(
  session: Session,
  { query, text, ids, remedy, largestRow }: Question,
  take: (row: RawRow) => void,
): Promise<void> {
  const isMarked = holdsAnyBytes(session);
  const onRow = (row: RawRow): void => {
    take(isMarked ? markedRow(row) : row);
  };
  const rows = { onRow, ...(largestRow === Infinity ? {} : { largestRow }) };
  try {
    await session.each<RawRow>({ name: `the fetch through ${query.file}`, text }, [ids], rows);
  } catch (error) {
    throw explain(session, query, remedy, error);
  }
}

function explain(
  { serverEncoding, statementLimitIsTheirs }: Session,
  { file }: SiteQuery,
  remedy: string,
  error: unknown,
): unknown {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.code === '57014') {
    return new DatabaseFault(
      `A fetch through ${file} took longer than ${statementLimitIsTheirs ? 'the EHR lets a statement take (statement_timeout)' : 'a minute'} and was given up; ${remedy}.`,
      error.code,
      { cause: error },
    );
  }
  return failedOnRow(file, error, { serverEncoding }) ?? error;
}
