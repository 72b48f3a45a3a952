import { DatabaseFault } from '../../postgres/database-fault.ts';
import type { Session } from '../../postgres/session.ts';
import type { Parameter } from '../../postgres/sql-file.ts';
import { type TextRow, TooMuchText } from '../../postgres/row-by-row.ts';
import { tooLarge } from '../contract/compose.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import { failedOnRow } from './failed-on-row.ts';
import { holdsAnyBytes, markedRow } from '../contract/unchecked-bytes.ts';

/** A row from the session: each value as Postgres prints it, or null. */
export type RawRow = TextRow;

interface Question {
  /** The site's own query. */
  readonly query: SiteQuery;
  /** Our query around it. */
  readonly text: string;
  readonly ids: readonly string[];
  /** Advice if it takes too long. */
  readonly remedy: string;
  /** Parameters after the ids. */
  readonly more?: readonly Parameter[];
}

/** Queries the EHR by ids and passes on each row as it arrives. */
export async function ask(
  session: Session,
  { query, text, ids, remedy, more = [] }: Question,
  take: (row: RawRow) => void,
): Promise<void> {
  const isMarked = holdsAnyBytes(session);
  const onRow = (row: RawRow): void => {
    take(isMarked ? markedRow(row) : row);
  };
  try {
    await session.each({ name: `the fetch through ${query.file}`, text }, [ids, ...more], onRow);
  } catch (error) {
    throw explain(session, query, remedy, error);
  }
}

/**
 * As `ask`, for a query that marks rows of more than `largestRow` bytes; such a row throws TooMuchText, as `take` may.
 */
export function askWithin(
  session: Session,
  { largestRow, ...question }: Omit<Question, 'more'> & { readonly largestRow: number },
  take: (row: RawRow) => void,
): Promise<void> {
  const most = largestRow === Infinity ? null : Math.floor(largestRow);
  return ask(session, { ...question, more: [most] }, ({ [tooLarge]: isTooLarge, ...row }) => {
    if (isTooLarge === 't') throw new TooMuchText();
    take(row);
  });
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
