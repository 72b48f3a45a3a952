/**
 * Plan: what the diff found and the guard passed becomes what is owed, in one transaction. Nothing is sent before that transaction is
 * committed.
 */
import { entities } from '../contract/contract.ts';
import { emptyRowCounts } from '../decide/row-count.ts';
import { RefusedFault } from '../fault.ts';
import {
  endIgnored,
  forgetSentAgain,
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
  if (isMuchDifferent(staged, clean)) await rankPersons(writer);
  return { ...finished, staged, clean, approved: await approvedThrough(reader) };
}

/** Puts the plan into force: its calls are owed, and the watermark moves. A plan that is only stored changes neither. */
export async function plan(
  { scope, movesWatermark, config }: ScopedPolicy,
  { ledger: { writer }, run, source }: Services,
  { staged, counts }: Found,
): Promise<void> {
  const watermark = movesWatermark ? new Date(staged.clock.getTime() - config.watermarkOverlapMs) : null;
  await storeQualityLines(writer, run, source.qualityLines);
  await storeCounts(writer, run, { counts, watermark, builderVersion: builderOf(config.redox) });
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

/** Is the plan so large that persons need turns (ARCHITECTURE.md, "Whose turn it is")? */
function isMuchDifferent({ scanned }: Staged, { patient, encounter }: CleanCounts): boolean {
  const rows = scanned.patient + scanned.encounter;
  const still = [patient, encounter].reduce((sum, { unchanged, not_due }) => sum + unchanged + not_due, 0);
  return (rows - still) * rowsPerDifference > rows;
}
