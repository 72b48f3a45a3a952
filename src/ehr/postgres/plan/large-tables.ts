import { DatabaseFault } from '../../../fault.ts';
import type { Session } from '../../../postgres/session.ts';
import { statement } from '../../../postgres/sql-file.ts';
import type { CheckedQuery, FetchedBesides } from '../../contract/contract-query.ts';
import { fetchText } from '../compose.ts';
import { planOf, type PlannedTable, type PlanNode, stepsOf, tableOf } from './query-plan.ts';

/** Smaller tables are scanned quickly enough. */
const manyRows = 10_000;

/** Implements `EhrSession.largeTablesReadInFull`. A server that refuses EXPLAIN names no table. */
export async function largeTablesReadInFull(session: Session, query: CheckedQuery | FetchedBesides): Promise<string[]> {
  try {
    // The ids are null here: a planner that still reads the whole table lacks an index.
    const read = (await planOf(session, { file: query.file, text: fetchText(query), takesIds: true })).flatMap(
      fullReads,
    );
    if (read.length === 0) return [];
    const large = await session.run<{ name: string }>(statement('ehr/internal/find_large_tables'), [
      read.map(({ schema }) => schema),
      read.map(({ table }) => table),
      String(manyRows),
    ]);
    return large.map(({ name }) => name);
  } catch (error) {
    if (error instanceof DatabaseFault) return [];
    throw error;
  }
}

/** Tables that a plan reads from end to end, sequentially or through a whole index. */
function fullReads(plan: PlanNode): PlannedTable[] {
  return stepsOf(plan).flatMap((node) => {
    const inFull =
      node['Node Type'] === 'Seq Scan' ||
      (/^Index (?:Only )?Scan$/.test(node['Node Type']) && node['Index Cond'] === undefined);
    const table = tableOf(node);
    return inFull && table !== null ? [table] : [];
  });
}
