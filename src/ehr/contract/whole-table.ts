import type { Session } from '../../postgres/session.ts';
import { DatabaseFault } from '../../postgres/database-fault.ts';
import { statement } from '../../postgres/sql-file.ts';
import { fetchedBesides, keyOf, type CheckedContract } from './contract-query.ts';
import { fetchText, sectionText } from './compose.ts';
import { indexRemedy } from '../read/fetch-sections.ts';
import { planOf, stepsOf, tableOf, type PlannedTable, type PlanNode } from './query-plan.ts';

/** A weakness of the contract that the site should fix; runs still work. */
export interface ContractWarning {
  readonly file: string;
  readonly message: string;
}

/** Smaller tables are scanned quickly enough. */
const manyRows = 10_000;

/**
 * Warns if a fetch by key would read a large table from end to end: delivery fetches once per page of persons. A server that
 * refuses EXPLAIN yields no warning.
 */
export async function warnOfWholeTables(session: Session, contract: CheckedContract): Promise<ContractWarning[]> {
  const warnings: ContractWarning[] = [];
  for (const fetch of fetchesOf(contract)) {
    const tables = await tablesReadInFull(session, fetch);
    if (tables.length > 0) warnings.push({ file: fetch.file, message: warning(fetch, tables) });
  }
  return warnings;
}

/** A statement that runs once per page. */
interface Fetch {
  readonly file: string;
  readonly text: string;
  /** The start of the warning, up to the word "through". */
  readonly task: string;
  readonly remedy: string;
}

const fetchesOf = (contract: CheckedContract): Fetch[] => [
  ...[contract.byKey.patient, contract.byKey.encounter].map((query) => ({
    file: query.file,
    text: fetchText(query),
    task: `Fetching ${query.entity}s by ${keyOf(query)}`,
    remedy: query.byId
      ? `compare the table's own key column with $1 (cast $1, not the column) and see that it is indexed`
      : `put an index on the column behind ${keyOf(query)}, or, where it is computed or cast there, ` +
        `write ${query.entity}s_by_id.sql, which finds the rows by the table's own key`,
  })),
  ...fetchedBesides(contract).map((query) => ({
    file: query.file,
    text: sectionText(query),
    task: `Fetching what belongs to ${query.key === 'patient_id' ? 'patients' : 'visits'}`,
    remedy: indexRemedy(query.key),
  })),
];

const warning = ({ file, task, remedy }: Fetch, tables: readonly string[]): string =>
  `${task} through ${file} reads the whole of ${tables.join(', ')} once per page of what is sent; ${remedy}.`;

async function tablesReadInFull(session: Session, { file, text }: Fetch): Promise<string[]> {
  try {
    return await largeTablesReadInFull(session, file, text);
  } catch (error) {
    if (error instanceof DatabaseFault) return [];
    throw error;
  }
}

async function largeTablesReadInFull(session: Session, file: string, text: string): Promise<string[]> {
  // The ids are null here: a planner that still reads the whole table lacks an index.
  const read = (await planOf(session, { file, text, takesIds: true })).flatMap(fullReads);
  if (read.length === 0) return [];
  const large = await session.run<{ name: string }>(statement('ehr/internal/find_large_tables'), [
    read.map(({ schema }) => schema),
    read.map(({ table }) => table),
    String(manyRows),
  ]);
  return large.map(({ name }) => name);
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
