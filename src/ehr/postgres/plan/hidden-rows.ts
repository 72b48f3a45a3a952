import type { CheckedContract } from '../../contract/contract-query.ts';
import { DatabaseFault } from '../../../fault.ts';
import type { Session } from '../../../postgres/session.ts';
import { statement } from '../../../postgres/sql-file.ts';
import { composedQueries } from './composed-queries.ts';
import { noIds, planOf, stepsOf, tableOf, type Planned } from './query-plan.ts';
import type { ContractWarning } from '../../engine.ts';

/**
 * Warns if row level security may hide rows from the role: a hidden row looks gone. With `row_security` off the server refuses every
 * query under a policy, through views too. A policy that shows every row is fine. `reads`: also reads a row of each query, because a plan
 * omits the tables that functions read.
 */
export async function warnOfHiddenRows(
  session: Session,
  contract: CheckedContract,
  { reads }: { readonly reads: boolean },
): Promise<ContractWarning[]> {
  const warnings: ContractWarning[] = [];
  for (const query of composedQueries(contract)) {
    if (warnings.some(({ file }) => file === query.file)) continue;
    const named = await tableUnderPolicies(session, query, reads);
    const tables = named === null ? [] : await tablesThatHide(session, query, named);
    if (tables.length > 0) warnings.push({ file: query.file, message: warning(query.file, tables) });
  }
  return warnings;
}

const warning = (file: string, tables: readonly string[]): string =>
  `Row level security on ${tables.join(', ')}, which ${file} reads, may hide rows from the role of EHR_URL: a hidden row looks as if ` +
  'it were gone, or had never been. Let the role see all of them: give it BYPASSRLS, or a policy FOR SELECT with USING (true).';

/** The table in the server's refusal; '' if its message is unreadable, null if the server allows the query. */
async function tableUnderPolicies(session: Session, query: Planned, reads: boolean): Promise<string | null> {
  try {
    await session.transaction(async () => {
      await session.run(statement('ehr/internal/refuse_policies'));
      await planOf(session, query);
      if (reads) await session.query(`a row of ${query.file}`, query.text, query.takesIds ? noIds : []);
    });
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    // The same query passed before, so the policies are the reason. An old server lacks this setting.
    if (error.code !== '42501') return null;
    const sentence = error.cause instanceof Error ? error.cause.message : '';
    return /["„“«»]\s?([^"„“”«»]+?)\s?["“”«»]/.exec(sentence)?.[1] ?? '';
  }
}

async function tablesThatHide(session: Session, query: Planned, named: string): Promise<string[]> {
  const tables = (await planOf(session, query))
    .flatMap(stepsOf)
    .map(tableOf)
    .filter((table) => table !== null);
  const found = await session.run<{ name: string }>(statement('ehr/internal/find_tables_that_hide'), [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
    named,
  ]);
  return found.map(({ name }) => name);
}
