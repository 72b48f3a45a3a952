/**
 * Plan: what the diff found and the guard passed becomes what is owed, in one transaction. Nothing is sent before that transaction is
 * committed.
 */
import { entities } from '../contract/contract.ts';
import { planAheadOf } from '../decide/plan/plan-ahead.ts';
import { countWaitingCalls, noneWaiting, stillWaiting, type Waiting } from '../decide/plan/waiting.ts';
import { emptyRowCounts } from '../decide/row-count.ts';
import { RefusedFault } from '../fault.ts';
import {
  endIgnored,
  forgetSentAgain,
  leftByLastPlan,
  moveWatermark,
  storeCounts,
  storeQualityLines,
  takeOverOpenCalls,
} from '../ledger/plan/plan.ts';
import { type CleanCounts, countClean } from '../ledger/stage/differences.ts';
import { approvedThrough } from '../ledger/stage/guard.ts';
import { compareChunks, countStaged, findUnsentMerges, finishStage, rankPersons } from '../ledger/stage/stage.ts';
import { builderOf } from '../message/builder-version.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import { takesAllMerges } from '../run/scope.ts';
import type { Services } from '../run/services.ts';
import { timed } from '../run/run-log.ts';
import type { Staged } from '../stage/stage.ts';
import { voidAfterRestore } from './after-restore.ts';
import type { Compared, Found } from './diff.ts';
import { guardNewTarget, refusedTarget } from './guard.ts';

/** Compares the chunks of the stage with the ledger, then does the work in one transaction. */
export const inOnePlan = (
  policy: ScopedPolicy,
  services: Services,
  staged: Staged,
  work: (compared: Compared) => Promise<void>,
): Promise<void> =>
  timed(services, 'plan', async ({ note }) => {
    const compared = { ...(await compare(policy, services, staged)), note };
    await services.ledger.writer.transaction(() => work(compared));
  });

async function compare(policy: ScopedPolicy, services: Services, staged: Staged): Promise<Omit<Compared, 'note'>> {
  const { ehr, ledger, run, bindAnew } = services;
  const { reader, writer } = ledger;
  if (policy.afterRestore) await voidAfterRestore(policy, services);
  await assertStageIsWhole(services, staged);
  if (bindAnew !== null) await startAnew(policy, services, staged, bindAnew);
  if (policy.config.unknownOutcome === 'hold') await forgetSentAgain(writer);
  const isSweep = policy.scope.kind === 'sweep';
  const builderVersion = builderOf(policy.config.redox);
  const { hasSummaries } = ehr;
  const finished = await finishStage(writer, run, { isSweep, builderVersion, damage: staged.damage, hasSummaries });
  await compareChunks(writer, isSweep, { builderVersion, forced: policy.forced });
  const clean = await countClean(reader);
  const waiting = await takeTurns(policy, services, differing(staged, clean), staged.scanned);
  const left = await leftByLastPlan(reader);
  return { ...finished, staged, clean, waiting, left, approved: await approvedThrough(reader) };
}

/** Ranks the persons where it matters. Gives the rows whose turn is beyond PLAN_AHEAD; a run that a person has narrowed leaves none. */
async function takeTurns(
  { config, scope, until }: ScopedPolicy,
  { ledger: { writer }, run: { startedAt } }: Services,
  rows: number,
  scanned: Staged['scanned'],
): Promise<Waiting> {
  const { planAhead, rateLimit } = config;
  const calls = takesAllMerges(scope) ? planAheadOf(planAhead, { rateLimit, startedAt, until }) : null;
  const isBeyond = calls !== null && rows > calls;
  if (!isBeyond && rows * rowsPerDifference <= scanned.patient + scanned.encounter) return noneWaiting;
  return rankPersons(writer, builderOf(config.redox), isBeyond ? calls : null);
}

/** Puts the plan into force: its calls are owed, and the watermark moves. A plan that is only stored changes neither. */
export async function plan(
  { scope, movesWatermark, config }: ScopedPolicy,
  { ledger: { writer }, run, source }: Services,
  { staged, counts, waiting, left }: Found,
): Promise<void> {
  const waits = scope.kind === 'sweep' ? waiting : stillWaiting(left?.waiting ?? noneWaiting, waiting);
  // While rows wait, `changes` must find them again.
  const areAllPlanned = countWaitingCalls(waits) === 0;
  const watermark =
    movesWatermark && areAllPlanned ? new Date(staged.clock.getTime() - config.watermarkOverlapMs) : null;
  await storeQualityLines(writer, run, source.qualityLines);
  await storeCounts(writer, run, {
    counts,
    waiting: areAllPlanned || !takesAllMerges(scope) ? null : waits,
    watermark,
    builderVersion: builderOf(config.redox),
  });
  if (run.planOnly) return;
  await takeOverOpenCalls(writer, run, { allRows: scope.kind === 'sweep', allMerges: takesAllMerges(scope) });
  await endIgnored(writer);
  if (watermark !== null) await moveWatermark(writer, run, watermark);
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
