/** `--after-restore`: finds and voids what Redox may have been sent since what the ledger is certain of. */
import type { Subject } from '../../contract/contract.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { copyLines } from './copy-lines.ts';
import type { Run } from '../run/run.ts';
import { findUnsentMerges } from './stage.ts';

export interface CertainRun {
  readonly run_number: number;
  readonly started_at: Date;
}

/** `before`: only runs that started before then; null: any. */
export async function lastCertainRun(session: Session, run: Run, before: Date | null): Promise<CertainRun | null> {
  const [row] = await session.run<CertainRun>(statement('ledger/restore/find_last_certain_run'), [before, run.number]);
  return row ?? null;
}

/** The runs among these that are missing from the ledger. */
export const unknownRuns = async (session: Session, runIds: readonly string[]): Promise<string[]> =>
  runIdsOf(await session.run(statement('ledger/restore/find_unknown_runs'), [runIds]));

export const runsSince = async (session: Session, certain: CertainRun | null, run: Run): Promise<string[]> =>
  runIdsOf(await session.run(statement('ledger/restore/find_runs_since'), [certain?.run_number ?? null, run.number]));

const runIdsOf = (rows: readonly { readonly run_id: string }[]): string[] => rows.map(({ run_id }) => run_id);

/** A call of a run that is missing from the ledger or has no recorded end. */
export interface LostCall {
  readonly entity: Subject;
  readonly entityId: string;
  /** For a merge, the survivor. */
  readonly patientId: string;
}

const pageSize = 1_000;

export async function landLostCalls(writer: Session, calls: AsyncIterable<LostCall>): Promise<void> {
  let page: LostCall[] = [];
  const land = (): Promise<void> =>
    copyLines(writer, statement('ledger/restore/copy_lost_call'), page, (call) => [
      call.entity,
      call.entityId,
      call.patientId,
    ]);
  for await (const call of calls) {
    page.push(call);
    if (page.length < pageSize) continue;
    await land();
    page = [];
  }
  await land();
}

interface Voided {
  readonly patients: number;
  readonly encounters: number;
}

/** Runs after staging and before chunks are compared. One transaction; safe to repeat. */
export async function voidDoubtful(
  writer: Session,
  run: Run,
  { since, certain }: { readonly since: Date | null; readonly certain: CertainRun | null },
): Promise<Voided> {
  const from = since?.toISOString() ?? '-infinity';
  const voided = await writer.transaction(async () => {
    await writer.run(statement('ledger/restore/find_doubtful_rows'), [from, certain?.run_number ?? 0, run.number]);
    const patients = await writer.one<{ voided: number }>(statement('ledger/restore/void_patients'));
    const { added } = await writer.one<{ added: number }>(statement('ledger/restore/add_patients'), [from]);
    const encounters = await writer.one<{ voided: number }>(statement('ledger/restore/void_visits'));
    await writer.run(statement('ledger/restore/void_summaries'));
    await writer.run(statement('ledger/restore/list_gone_rows'), [run.number]);
    return { patients: patients.voided + added, encounters: encounters.voided };
  });
  await findUnsentMerges(writer);
  return voided;
}
