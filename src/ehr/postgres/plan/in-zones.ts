import { canonicalColumns } from '../../../contract/contract.ts';
import { DatabaseFault } from '../../../fault.ts';
import type { Session } from '../../../postgres/session.ts';
import { statement } from '../../../postgres/sql-file.ts';
import { givenColumns } from '../../contract/composed-query.ts';
import type { CheckedQuery, FetchedBesides } from '../../contract/contract-query.ts';
import type { RawRow, SessionZone } from '../../engine.ts';
import { rowsCompared } from '../../read/session-zone.ts';
import { digestedText, fetchText, sampleText } from '../compose.ts';
import { costOf } from './query-plan.ts';

/** In the planner's units (one page read is 1). A costlier query is skipped: a warning is worth less. */
const highestCost = 100_000;

/** In POSIX notation. */
const zones: Readonly<Record<SessionZone, string>> = { utc: 'UTC', east: '<+14>-14', west: '<-14>14' };

/** Implements `EhrSession.inZones`. */
export async function inZones<T>(
  session: Session,
  query: CheckedQuery | FetchedBesides,
  ids: readonly string[] | null,
  compare: (read: (zone: SessionZone) => Promise<RawRow[]>) => Promise<T>,
): Promise<T | null> {
  const { file } = query;
  const text = textOf(query);
  const parameters = ids === null ? [] : [ids];
  try {
    if ((await costOf(session, { file, text, takesIds: ids !== null })) > highestCost) return null;
    return await session.transaction(
      () =>
        compare(async (zone) => {
          await session.run(statement('ehr/internal/set_zone'), [zones[zone]]);
          return (await session.query(`a look at the times of ${file}`, text, parameters)).rows;
        }),
      'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    );
  } catch (error) {
    // The run itself reports failing rows and timeouts.
    if (error instanceof DatabaseFault) return null;
    throw error;
  }
}

const textOf = (query: CheckedQuery | FetchedBesides): string =>
  'entity' in query
    ? digestedText(sampleText(query, rowsCompared), ['updated_at', ...canonicalColumns[query.entity]])
    : digestedText(fetchText(query), givenColumns(query));
