import { DatabaseFault } from '../../fault.ts';
import type { MysqlSession } from '../../mysql/session.ts';
import type { CheckedQuery, FetchedBesides } from '../contract/contract-query.ts';
import { fetchText } from './compose.ts';
import { bindIds } from './ids.ts';

/** Smaller tables are scanned quickly enough. */
const manyRows = 10_000;

/** Ids that no row has. With NULL the optimizer reads nothing at all, and a single one it looks up at once. */
const idsOfNobody = ['-1', '-2', '-3'];

/** A step of the server's plan. The table has the name that the query gives it. */
interface Step {
  readonly table: string | null;
  readonly type: string | null;
  readonly rows: string | null;
}

/** Explains a query; the server reads no row of it. */
export const planOf = async (session: MysqlSession, file: string, text: string): Promise<readonly Step[]> =>
  (await session.rows(
    `a look at the plan of ${file}`,
    bindIds(session.flavour.explain(text), idsOfNobody),
  )) as unknown as readonly Step[];

/** Implements `EhrSession.largeTablesReadInFull`. A server that refuses EXPLAIN names no table. */
export async function largeTablesReadInFull(
  session: MysqlSession,
  query: CheckedQuery | FetchedBesides,
): Promise<string[]> {
  try {
    const steps = await planOf(session, query.file, fetchText(query));
    const large = steps
      .filter(isInFull)
      .flatMap(({ table }) => (table === null || table.startsWith('<') ? [] : [table]));
    return [...new Set(large)];
  } catch (error) {
    if (error instanceof DatabaseFault) return [];
    throw error;
  }
}

/** From end to end, or through a whole index. */
const isInFull = ({ type, rows }: Step): boolean => /^(?:ALL|index)$/.test(type ?? '') && Number(rows) > manyRows;
