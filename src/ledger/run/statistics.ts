import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from './run.ts';

interface Needs {
  readonly has_outgrown: boolean;
  readonly has_many: boolean;
}

/** Has Postgres plan reports for as many rows as there are: autovacuum may not have looked since a large run began. */
export async function refreshStatistics(writer: Session, run: Pick<Run, 'number'>): Promise<void> {
  const needs = await writer.one<Needs>(statement('ledger/run/has_outgrown_statistics'), [run.number]);
  if (!needs.has_outgrown && !needs.has_many) return;
  const { name, text } = needs.has_outgrown
    ? statement('ledger/run/analyze_results')
    : statement('ledger/run/analyze_run');
  await writer.query(name, text);
}
