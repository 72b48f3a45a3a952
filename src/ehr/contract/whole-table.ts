import {
  type CheckedContract,
  type CheckedQuery,
  type FetchedBesides,
  fetchedBesides,
  keyOf,
} from './contract-query.ts';
import type { ContractWarning, EhrSession } from '../engine.ts';
import { indexRemedy } from '../read/fetch.ts';

/**
 * Warns if a fetch by key would read a large table from end to end: delivery fetches once per page of persons. A server that
 * refuses EXPLAIN yields no warning.
 */
export async function warnOfWholeTables(session: EhrSession, contract: CheckedContract): Promise<ContractWarning[]> {
  const warnings: ContractWarning[] = [];
  for (const fetch of fetchesOf(contract)) {
    const tables = await session.largeTablesReadInFull(fetch.query);
    if (tables.length > 0) warnings.push({ file: fetch.query.file, message: warning(fetch, tables) });
  }
  return warnings;
}

/** A statement that runs once per page. */
interface Fetch {
  readonly query: CheckedQuery | FetchedBesides;
  /** The start of the warning, up to the word "through". */
  readonly task: string;
  readonly remedy: string;
}

const fetchesOf = (contract: CheckedContract): Fetch[] => [
  ...[contract.byKey.patient, contract.byKey.encounter].map((query) => ({
    query,
    task: `Fetching ${query.entity}s by ${keyOf(query)}`,
    remedy: query.byId
      ? `compare the table's own key column with $1 (cast $1, not the column) and see that it is indexed`
      : `put an index on the column behind ${keyOf(query)}, or, where it is computed or cast there, ` +
        `write ${query.entity}s_by_id.sql, which finds the rows by the table's own key`,
  })),
  ...fetchedBesides(contract).map((query) => ({
    query,
    task: `Fetching what belongs to ${query.key === 'patient_id' ? 'patients' : 'visits'}`,
    remedy: indexRemedy(query.key),
  })),
];

const warning = ({ query: { file }, task, remedy }: Fetch, tables: readonly string[]): string =>
  `${task} through ${file} reads the whole of ${tables.join(', ')} once per page of what is sent; ${remedy}.`;
