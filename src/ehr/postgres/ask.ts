import { TooMuchText } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import type { Parameter } from '../../postgres/sql-file.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import type { FetchQuestion, RawRow } from '../engine.ts';
import { tooLarge } from '../contract/composed-query.ts';
import { explainFetch } from './explained.ts';
import { holdsAnyBytes, markedRow } from './unchecked-bytes.ts';

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
    throw explainFetch(session, query, remedy, error);
  }
}

/**
 * As `ask`, for a query that marks rows of more than `largestRow` bytes; such a row throws TooMuchText, as `take` may.
 */
export function askWithin(
  session: Session,
  { query, text }: Pick<Question, 'query' | 'text'>,
  { ids, largestRow, remedy }: FetchQuestion,
  take: (row: RawRow) => void,
): Promise<void> {
  const most = largestRow === Infinity ? null : Math.floor(largestRow);
  return ask(session, { query, text, ids, remedy, more: [most] }, ({ [tooLarge]: isTooLarge, ...row }) => {
    if (isTooLarge === 't') throw new TooMuchText();
    take(row);
  });
}
