/** Takes over the stored plan of a `--plan-only` run, under a new run. */
import type { ContractShape } from '../../contract/contract-shape.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { takePlannedShape } from '../stage/guard.ts';
import { forgetSentAgain, moveWatermark } from './plan.ts';
import type { Mode, Run } from '../run/run.ts';

export interface StoredPlan {
  readonly run_number: number;
  readonly mode: Mode;
  readonly plan_only: boolean;
  readonly status: string;
  /** The message builder's version and settings at planning; null if the run stored no plan. */
  readonly builder_version: number | null;
  /** The guard's reason for refusing to send it; null if it may be sent. */
  readonly refusal: string | null;
  /** The contract's shape at planning; null if a person narrowed the plan's scope. */
  readonly planned_shape: ContractShape | null;
  readonly is_pruned: boolean;
  readonly applied_by: string | null;
  /** The newest run that makes this plan outdated, if any. */
  readonly overtaken_by: string | null;
}

/** The plan of the run `runId` (its public name); null if the ledger has no such run. */
export async function findPlan(reader: Session, runId: string): Promise<StoredPlan | null> {
  const [found] = await reader.run<StoredPlan>(statement('ledger/apply/find_plan'), [runId]);
  return found ?? null;
}

/**
 * Makes the plan this run's own, in one transaction, as if this run had planned it: its calls are owed from now on, what earlier
 * runs left open is taken over, and the watermark moves as it would have moved then. The EHR's current merges must be staged.
 * `holdsUnknown`: calls with an unknown outcome are held.
 */
export async function takeOverPlan(writer: Session, run: Run, plan: StoredPlan, holdsUnknown: boolean): Promise<void> {
  const both = [run.number, plan.run_number];
  await writer.transaction(async () => {
    if (holdsUnknown) await forgetSentAgain(writer);
    await writer.run(statement('ledger/apply/take_over_calls'), both);
    await writer.run(statement('ledger/apply/take_over_discrepancies'), both);
    await writer.run(statement('ledger/apply/take_over_data_quality'), both);
    const { watermark_to } = await writer.one<{ watermark_to: Date | null }>(
      statement('ledger/apply/take_over_run'),
      both,
    );
    await writer.run(statement('ledger/apply/supersede_overtaken_calls'), [run.number]);
    if (holdsUnknown) await writer.run(statement('ledger/apply/supersede_held_calls'), [run.number]);
    await writer.run(statement('ledger/apply/close_calls_of_plan'), [run.number, plan.mode === 'sweep']);
    if (watermark_to !== null) await moveWatermark(writer, run, watermark_to);
    await takePlannedShape(writer, plan.run_number);
  });
}

interface CallWithContent {
  readonly call_id: number;
  /** The visit, or the patient of the content. */
  readonly entity_id: string;
  /** What the content had when it was last sent; null if unknown. */
  readonly section_rows: readonly number[] | null;
  readonly section_digests: readonly number[] | null;
}

/** The planned calls with content besides their row, page by page. */
export const withContent = (
  reader: Session,
  run: Run,
  entity: 'patient' | 'encounter' | 'summary',
): AsyncGenerator<CallWithContent[]> =>
  reader.pages<CallWithContent>(statement('ledger/apply/read_calls_with_content'), [run.number, entity]);

export async function supersedeUnread(writer: Session, callIds: readonly number[]): Promise<void> {
  await writer.run(statement('ledger/apply/supersede_unread_calls'), [callIds.map(String)]);
}
