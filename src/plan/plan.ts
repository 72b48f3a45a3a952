/**
 * Plan: what the diff found and the guard passed becomes what is owed, in one transaction. Nothing is sent before that transaction is
 * committed.
 */
import { entities } from '../contract/contract.ts';
import { noFurtherParts, type Parts, partsOf, planAheadOf } from '../decide/plan/plan-ahead.ts';
import { countWaitingCalls, isAnyRebuilt, noneWaiting, stillWaiting, type Waiting } from '../decide/plan/waiting.ts';
import { emptyRowCounts } from '../decide/change.ts';
import { RefusedFault } from '../fault.ts';
import {
  endIgnored,
  forgetSentAgain,
  leftByLastPlan,
  moveWatermark,
  oweLackingMrns,
  storeCounts,
  storeQualityLines,
  takeOverOpenCalls,
} from '../ledger/plan/plan.ts';
import { compareChunks } from '../ledger/stage/compare.ts';
import { type CleanCounts, countClean } from '../ledger/stage/differences.ts';
import { approvedThrough } from '../ledger/stage/guard.ts';
import {
  countStaged,
  countWaiting,
  findUnsentMerges,
  finishStage,
  rankPersons,
  releasePersons,
} from '../ledger/stage/stage.ts';
import { builderOf } from '../message/builder-version.ts';
import { type ScopedPolicy, takesAllMerges } from '../run/policy.ts';
import type { Run } from '../ledger/run/run.ts';
import type { Services } from '../run/services.ts';
import { timed } from '../run/run-log.ts';
import type { Staged } from '../stage/stage.ts';
import { voidAfterRestore } from './after-restore.ts';
import type { Compared, Found } from './diff.ts';
import { guardNewTarget, refusedTarget } from './guard.ts';
import { canPlanAtOnce } from './new-rows.ts';

/** Compares the chunks of the stage with the ledger, then does the work in one transaction. */
export const inOnePlan = (
  policy: ScopedPolicy,
  services: Services,
  staged: Staged,
  work: (compared: Compared) => Promise<Found>,
): Promise<Found> =>
  timed(services, 'plan', async ({ note }) => {
    const compared = { ...(await compare(policy, services, staged)), note };
    return services.ledger.writer.transaction(() => work(compared));
  });

async function compare(policy: ScopedPolicy, services: Services, staged: Staged): Promise<Omit<Compared, 'note'>> {
  const { ehr, ledger, run, bindAnew } = services;
  const { reader, writer } = ledger;
  if (policy.afterRestore) await voidAfterRestore(policy, services);
  await assertStageIsWhole(services, staged);
  if (bindAnew !== null) await startAnew(policy, services, staged, bindAnew);
  if (policy.config.unknownOutcome === 'hold') await forgetSentAgain(writer);
  if (policy.forced && !run.planOnly) await oweLackingMrns(writer);
  const isSweep = policy.scope.kind === 'sweep';
  const builderVersion = builderOf(policy.config.redox);
  const { hasSummaries } = ehr;
  const finished = await finishStage(writer, run, { isSweep, builderVersion, damage: staged.damage, hasSummaries });
  await compareChunks(writer, isSweep, { builderVersion, forced: policy.forced });
  const clean = await countClean(reader);
  const planAhead = planAheadFor(policy, run);
  const turns = await takeTurns(policy, services, {
    rows: differing(staged, clean),
    scanned: staged.scanned,
    planAhead,
  });
  const left = await leftByLastPlan(reader);
  return { ...finished, ...turns, planAhead, staged, clean, left, approved: await approvedThrough(reader) };
}

/** Null for all: a run that a person has narrowed leaves nothing. */
const planAheadFor = ({ config, scope, until }: ScopedPolicy, { startedAt }: Run): number | null =>
  takesAllMerges(scope) ? planAheadOf(config.planAhead, { rateLimit: config.rateLimit, startedAt, until }) : null;

interface Differing {
  readonly rows: number;
  readonly scanned: Staged['scanned'];
  readonly planAhead: number | null;
}

/** Ranks the persons where it matters. Gives the rows whose turn is beyond the first part of the plan. */
async function takeTurns(
  policy: ScopedPolicy,
  services: Services,
  { rows, scanned, planAhead }: Differing,
): Promise<{ readonly waiting: Waiting; readonly parts: Parts }> {
  const { writer } = services.ledger;
  const builder = builderOf(policy.config.redox);
  if (planAhead === null || rows <= planAhead) {
    if (rows * rowsPerDifference <= scanned.patient + scanned.encounter) return wholePlan(noneWaiting);
    await rankPersons(writer, builder, false);
    return wholePlan(noneWaiting);
  }
  const ranked = await rankPersons(writer, builder, true);
  const parts = partsOf(planAhead, ranked, canPlanInParts(policy, services) ? policy.callsPerPart : planAhead);
  await releasePersons(writer, Math.max(0, parts.calls - ranked));
  const waiting = await countWaiting(writer);
  if (parts.left === 0 || !isAnyRebuilt(waiting)) return { waiting, parts };
  // Rebuilt rows are decided one by one, and before new ones, so the plan is made at once.
  await releasePersons(writer, parts.left);
  return wholePlan(await countWaiting(writer));
}

const wholePlan = (waiting: Waiting): { readonly waiting: Waiting; readonly parts: Parts } => ({
  waiting,
  parts: noFurtherParts,
});

/** A stored plan is applied whole, and the rows of a damaged source are decided one by one. */
const canPlanInParts = ({ scope, planOnly }: ScopedPolicy, { source }: Services): boolean =>
  scope.kind === 'sweep' && !planOnly && canPlanAtOnce(source) && source.damage.summary.length === 0;

/** Puts the plan into force: its calls are owed, and the watermark moves. A plan that is only stored changes neither. */
export async function plan(policy: ScopedPolicy, services: Services, found: Found): Promise<void> {
  const {
    ledger: { writer },
    run,
    source,
  } = services;
  const { scope } = policy;
  await storeQualityLines(writer, run, source.qualityLines);
  if (!run.planOnly) {
    await takeOverOpenCalls(writer, run, { allRows: scope.kind === 'sweep', allMerges: takesAllMerges(scope) });
    await endIgnored(writer);
  }
  await storeFigures(policy, services, found);
}

/** Stores the rows of the plan as far as it goes. The watermark moves with the part that leaves nobody waiting. */
export async function storeFigures(
  { scope, movesWatermark, config }: ScopedPolicy,
  { ledger: { writer }, run }: Services,
  { staged, counts, waiting, left }: Pick<Found, 'staged' | 'counts' | 'waiting' | 'left'>,
): Promise<void> {
  const waits = scope.kind === 'sweep' ? waiting : stillWaiting(left?.waiting ?? noneWaiting, waiting);
  // While rows wait, `changes` must find them again.
  const areAllPlanned = countWaitingCalls(waits) === 0;
  const watermark =
    movesWatermark && areAllPlanned ? new Date(staged.clock.getTime() - config.watermarkOverlapMs) : null;
  await storeCounts(writer, run, {
    counts,
    waiting: areAllPlanned || !takesAllMerges(scope) ? null : waits,
    watermark,
    builderVersion: builderOf(config.redox),
  });
  if (watermark !== null && !run.planOnly) await moveWatermark(writer, run, watermark);
}

/**
 * Forgets the former target before the comparison, which reads committed data only. Everything that can refuse a load of the new target is
 * checked first.
 */
async function startAnew(
  { allowLargeChange, config }: ScopedPolicy,
  { ledger }: Services,
  { scanned }: Staged,
  bindAnew: () => Promise<void>,
): Promise<void> {
  const rows = emptyRowCounts();
  for (const entity of entities) rows[entity].read = scanned[entity];
  const refusal = allowLargeChange ? null : await guardNewTarget(ledger, scanned, { rows, limits: config.largeChange });
  if (refusal !== null) throw refusedTarget(refusal);
  await ledger.writer.transaction(bindAnew);
  await findUnsentMerges(ledger.writer);
}

/** Unlogged tables are empty after a crash of Postgres: what was scanned must be what is compared (decision 9). */
async function assertStageIsWhole({ ledger }: Services, { scanned }: Staged): Promise<void> {
  const found = await countStaged(ledger.writer);
  const lost = entities.filter((entity) => found[entity] !== scanned[entity]);
  if (lost.length === 0) return;
  throw new RefusedFault(
    `The ledger's stage lacks scanned rows (${lost.map((e) => `${e}: ${scanned[e]} scanned, ${found[e]} staged`).join('; ')}). ` +
      'Its Postgres probably restarted in between. Nothing was sent; start the job again.',
    { reason: 'stage_lost' },
  );
}

/**
 * Persons are ranked if more than one row in this many differs. Ranking reads the whole stage: seconds for millions of rows. A quiet
 * night's few calls reach Redox within minutes in any order.
 */
const rowsPerDifference = 500;

const differing = ({ scanned }: Staged, { patient, encounter }: CleanCounts): number =>
  [patient, encounter].reduce(
    (rows, { unchanged, not_due }) => rows - unchanged - not_due,
    scanned.patient + scanned.encounter,
  );
