/**
 * Diff, guard and plan: stage ⟗ ledger → rows that differ → what is to be done about them, stored in one transaction. Nothing
 * is sent before that transaction is committed.
 */
import {
  classifyEncounter,
  classifyFault,
  classifyMerge,
  classifyPatient,
  classifyUndoneMerge,
  type Circumstances,
} from '../core/classify.ts';
import { entities, type Entity } from '../core/contract.ts';
import type { Decision, Discrepancy } from '../core/difference.ts';
import { RefusedFault } from '../core/fault.ts';
import { implausible } from '../core/guard.ts';
import { builderVersion } from '../core/message/builder-version.ts';
import { assertAccountedFor, countDecision, emptyRowCounts, type RowCounts } from '../core/row-count.ts';
import * as differences from '../ledger/differences.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  countKnown,
  moveWatermark,
  type QualityLine,
  storeCalls,
  storeCounts,
  storeDiscrepancies,
  storeQualityLines,
  takeOverOpenCalls,
} from '../ledger/plan.ts';
import type { Run } from '../ledger/run.ts';
import { countStaged, settleStage } from '../ledger/stage.ts';
import { type Scope, takesAllMerges } from './scope.ts';
import type { Staged } from './stage.ts';

export interface PlanRequest {
  readonly scope: Scope;
  /** `rerun --force`: send also what the ledger says is current. */
  readonly forced: boolean;
  /** What has an unknown outcome is not sent again until a person says so. */
  readonly holdsUnknown: boolean;
  /** Where the watermark goes if the plan is stored; null where this run does not move it. */
  readonly watermark: Date | null;
  /** Lines of extracts that could not be read. */
  readonly qualityLines: readonly QualityLine[];
  /** `--allow-large-change`: a person vouches for what the guard would refuse. */
  readonly allowLargeChange: boolean;
}

export async function plan(ledger: Ledger, run: Run, staged: Staged, request: PlanRequest): Promise<RowCounts> {
  const { writer, reader } = ledger;
  await assertStageIsWhole(ledger, staged);
  await settleStage(writer, request.scope.kind === 'sweep');
  return writer.transaction(async () => {
    const counts = await storeDifferences(ledger, run, staged, request);
    const refusal = implausible(counts, await countKnown(reader), request.scope.kind === 'sweep');
    if (refusal !== null && !request.allowLargeChange) throw implausibleFault(refusal);
    await storeQualityLines(writer, run, request.qualityLines);
    await takeOverOpenCalls(writer, run, {
      allRows: request.scope.kind === 'sweep',
      allMerges: takesAllMerges(request.scope),
      leavesUnknown: request.holdsUnknown,
    });
    await storeCounts(writer, run, counts, request.watermark);
    if (request.watermark !== null) await moveWatermark(writer, run, request.watermark);
    return counts;
  });
}

/** Unlogged tables are empty after a crash of Postgres: what was scanned must be what is compared (decision 9). */
async function assertStageIsWhole(ledger: Ledger, { scanned }: Staged): Promise<void> {
  const found = await countStaged(ledger.writer);
  const lost = entities.filter((entity) => found[entity] !== scanned[entity]);
  if (lost.length === 0) return;
  throw new RefusedFault(
    `The ledger's stage does not hold what was scanned (${lost.map((e) => `${e}: ${scanned[e]} scanned, ${found[e]} staged`).join('; ')}). ` +
      'Its Postgres probably restarted meanwhile. Nothing was sent; start the job again.',
  );
}

const implausibleFault = (refusal: string): RefusedFault =>
  new RefusedFault(
    `Refused: ${refusal}. Nothing was sent or stored. Check that EHR_URL and EHR_CONTRACT name the right source and that it is ` +
      'complete; if it really is so, start the job again with --allow-large-change.',
  );

/** Compares entity by entity, a page at a time: what is decided of a page is stored before the next one is read. */
async function storeDifferences(ledger: Ledger, run: Run, staged: Staged, request: PlanRequest): Promise<RowCounts> {
  const { reader } = ledger;
  const counts = emptyRowCounts();
  const comparison = { builderVersion, forced: request.forced };
  // Only a sweep that follows other runs can have seen what the watermark missed.
  const circumstances: Circumstances = {
    watermark: request.scope.kind === 'sweep' ? run.watermark : null,
    holdsUnknown: request.holdsUnknown,
  };
  const keep = new Keeper(ledger, run, request.forced, counts);
  for (const entity of entities) {
    const quiet = await differences.countQuiet(reader, entity, comparison);
    counts[entity].read = staged.scanned[entity];
    counts[entity].unchanged += quiet.unchanged;
    counts[entity].not_due += quiet.not_due;
  }
  for await (const rows of differences.rowFaults(reader)) {
    for (const row of rows) counts[row.entity].invalid += row.row_count;
    await keep.discrepancies(rows.map(classifyFault));
  }
  for await (const rows of differences.patientDifferences(reader, comparison)) {
    await keep.decisions(
      'patient',
      rows.map((row) => classifyPatient(row, circumstances)),
    );
  }
  for await (const rows of differences.mergeDifferences(reader)) {
    await keep.decisions(
      'merge',
      rows.map((row) => classifyMerge(row, circumstances)),
    );
  }
  if (takesAllMerges(request.scope)) {
    for await (const rows of differences.undoneMerges(reader)) await keep.discrepancies(rows.map(classifyUndoneMerge));
  }
  for await (const rows of differences.encounterDifferences(reader, comparison)) {
    await keep.decisions(
      'encounter',
      rows.map((row) => classifyEncounter(row, circumstances)),
    );
  }
  if (request.scope.kind === 'sweep') await storeGone(ledger, keep, counts);
  assertAccountedFor(counts);
  return counts;
}

async function storeGone({ reader }: Ledger, keep: Keeper, counts: RowCounts): Promise<void> {
  for await (const rows of differences.goneRows(reader)) {
    for (const row of rows) counts[row.entity].gone += 1;
    await keep.discrepancies(
      rows.map((row) => ({
        entity: row.entity,
        entityId: row.entity_id,
        patientId: row.patient_id,
        kind: 'gone',
        detail: null,
        rowUpdatedAt: null,
      })),
    );
  }
}

/** Counts and stores what was decided. */
class Keeper {
  readonly #ledger: Ledger;
  readonly #run: Run;
  readonly #forced: boolean;
  readonly #counts: RowCounts;

  constructor(ledger: Ledger, run: Run, forced: boolean, counts: RowCounts) {
    this.#ledger = ledger;
    this.#run = run;
    this.#forced = forced;
    this.#counts = counts;
  }

  async decisions(entity: Entity, decisions: readonly Decision[]): Promise<void> {
    for (const decision of decisions) countDecision(this.#counts[entity], decision);
    await this.discrepancies(decisions.flatMap(({ discrepancy }) => (discrepancy === null ? [] : [discrepancy])));
    await storeCalls(
      this.#ledger.writer,
      this.#run,
      decisions.flatMap(({ calls }) => calls),
      this.#forced,
    );
  }

  async discrepancies(discrepancies: readonly Discrepancy[]): Promise<void> {
    await storeDiscrepancies(this.#ledger.writer, this.#run, discrepancies);
  }
}
