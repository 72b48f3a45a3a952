/** The summaries that a plan looks at; read in its transaction, because they follow from its calls. */
import type { SummaryDifference } from '../../decide/difference.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { keysetPages } from '../record/keyset-pages.ts';
import type { Run } from '../run/run.ts';
import type { Comparison } from './differences.ts';

interface SummaryChoice {
  readonly isSweep: boolean;
  /** Of a further part of the plan, the last rank of the one before; else null. */
  readonly afterRank: number | null;
  /** The contract says who has one. */
  readonly hasVersion: boolean;
  /** How many first summaries of patients whom Redox has may be planned; null for all. */
  readonly room: number | null;
}

interface StagedSummaries {
  readonly summaries: number;
  /** Beyond `room`. */
  readonly waiting: number;
}

/** Finds them all in one statement, and counts them. */
export async function stageSummaries(
  writer: Session,
  run: Run,
  { builderVersion, forced }: Comparison,
  { isSweep, afterRank, hasVersion, room }: SummaryChoice,
): Promise<StagedSummaries> {
  if (afterRank !== null)
    await writer.query('the summaries of a part', statement('ledger/summaries/clear_staged_summaries').text);
  return writer.one<StagedSummaries>(statement('ledger/summaries/stage_summaries'), [
    run.number,
    builderVersion,
    isSweep,
    forced,
    run.planOnly,
    afterRank,
    hasVersion,
    room,
  ]);
}

const pageSize = 5_000;

export const stagedSummaries = (writer: Session): AsyncGenerator<SummaryDifference[]> =>
  keysetPages<SummaryDifference>(pageSize, (last) =>
    writer.run<SummaryDifference>(statement('ledger/summaries/next_staged_summaries'), [
      last?.entity_id ?? null,
      pageSize,
    ]),
  );

/** Has the next sweep look at them again. */
export async function keepSummariesOwed(writer: Session, patientIds: readonly string[]): Promise<void> {
  if (patientIds.length > 0) await writer.run(statement('ledger/summaries/keep_summaries_owed'), [patientIds]);
}
