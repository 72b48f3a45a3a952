import type { Decision } from '../../decide/difference.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';
import { positionOf } from './plan.ts';

/** A page of rows with one call each. */
export interface NewRows {
  readonly calls: number;
  /** Calls that the last approved run owed already. */
  readonly owed: number;
  /** Calls that any earlier run planned and did not begin. */
  readonly plannedBefore: number;
}

interface Stored {
  /** `decision`: of each of these rows. */
  readonly decision: Decision;
  readonly forced: boolean;
  readonly approved: Date | null;
  /** The last rank of the part before; null for the first part of the plan. */
  readonly afterRank: number | null;
}

interface NewRowsPage {
  readonly last_chunk_id: number | null;
  readonly calls: number;
  readonly owed: number;
  readonly planned_before: number;
}

/** Some two million rows. */
const chunksPerPage = 16_000;

/** Plans the rows that Redox never had and that have no history, page by page. */
export async function* storeNewRows(
  writer: Session,
  run: Run,
  entity: 'patient' | 'encounter',
  { decision, forced, approved, afterRank }: Stored,
): AsyncGenerator<NewRows> {
  const [call] = decision.calls;
  if (call === undefined || decision.discrepancy === null) throw new Error(`a new ${entity} is due`);
  const plan =
    entity === 'patient'
      ? statement<NewRowsPage>('ledger/plan/plan_new_patients')
      : statement<NewRowsPage>('ledger/plan/plan_new_encounters');
  const decided = [positionOf(call), call.eventType, decision.discrepancy.kind] as const;
  for (let last: number | null = -1; last !== null;) {
    const page: NewRowsPage = await writer.one<NewRowsPage>(plan, [
      run.number,
      run.startedAt,
      !run.planOnly,
      forced,
      ...decided,
      approved,
      last,
      chunksPerPage,
      afterRank,
    ]);
    if (page.calls > 0) yield { calls: page.calls, owed: page.owed, plannedBefore: page.planned_before };
    last = page.last_chunk_id;
  }
}
