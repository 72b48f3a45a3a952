/**
 * Guard: compares the counts of a plan with the ledger, the limits and earlier nights. It queries the ledger only if a count could be too
 * large, so a quiet night costs nothing.
 */
import { type ChangeCounts, type Figure, noChanges } from '../decide/change.ts';
import { shapeDifferences } from '../contract/contract-shape.ts';
import { RefusedFault } from '../fault.ts';
import {
  allGone,
  enoughKnown,
  isFirstLoad,
  isWorthALook,
  type GuardInput,
  type KnownCounts,
  missingMerges,
  noUsual,
  renamedPatients,
  smallestGuarded,
  tooMuch,
  unaskedFirstLoad,
  unreadableColumns,
  type Usual,
} from '../decide/guard.ts';
import { countWaitingCalls, noneWaiting } from '../decide/plan/waiting.ts';
import {
  countChangedRows,
  countKnown,
  countNewlyGone,
  countPlannedNew,
  countSentMerges,
  countUnreadableColumns,
  countUnseenRows,
  hasSummaries,
  readShape,
  recentNights,
  storePlannedShape,
  storeVerdict,
  takeShape,
} from '../ledger/stage/guard.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type LeftByPlan, noteSimilarIds } from '../ledger/plan/plan.ts';
import type { Run } from '../ledger/run/run.ts';
import { estimateCalls } from '../deliver/estimate-calls.ts';
import { type ScopedPolicy, takesAllMerges } from '../run/policy.ts';
import { refusedPlan } from '../run/refused-plan.ts';
import type { Services } from '../run/services.ts';
import type { Found } from './diff.ts';
import { guardRebuilt } from './guard-rebuilt.ts';

/** Throws if the guard refuses the plan and no person approves it. With `--plan-only` the reason is stored with the plan instead. */
export async function guard(policy: ScopedPolicy, services: Services, found: Found): Promise<void> {
  const { scope, allowLargeChange, planOnly } = policy;
  const {
    ehr,
    ledger: { writer },
    run,
    log,
  } = services;
  const takesAll = takesAllMerges(scope);
  const mayBeRenamed = found.counts.encounter.orphan > 0 || found.counts.patient.gone > 0;
  const renamed = mayBeRenamed ? await noteSimilarIds(writer, run) : 0;
  const verdict = takesAll ? await guardPlan(policy, services, found, renamed) : await guardMerges(services, found);
  const refusal = allowLargeChange ? null : verdict.refusal;
  if (refusal !== null && !planOnly) throw refusedPlan(refusal, takesAll);
  await storeVerdict(writer, run, { changes: verdict.changes, refusal });
  if (takesAll) await (planOnly ? storePlannedShape(writer, run, ehr.shape) : takeShape(writer, ehr.shape));
  if (refusal !== null) log('plan_refused', { runId: run.id, refusal });
}

interface Verdict {
  /** The counts; null if the guard does not check shares. */
  readonly changes: ChangeCounts | null;
  /** Why the plan is refused, as a clause after "Refused: "; null if it is plausible. */
  readonly refusal: string | null;
}

/** For a scope that a person has narrowed: only missing merges are implausible. */
async function guardMerges({ ledger }: Services, { counts }: Found): Promise<Verdict> {
  const lost = counts.merge.read > 0 ? null : missingMerges(0, await countSentMerges(ledger.reader));
  return { changes: null, refusal: lost };
}

/**
 * Checks all changes, once all discrepancies and calls are stored. `renamed`: the number of gone patients that seem to have returned with
 * another spelling of their id.
 */
async function guardPlan(policy: ScopedPolicy, services: Services, found: Found, renamed: number): Promise<Verdict> {
  const { ehr, ledger, run, source } = services;
  const { counts: rows } = found;
  const { refusal: noMerges } = await guardMerges(services, found);
  const gone = rows.patient.gone + rows.encounter.gone > 0 ? await countNewlyGone(ledger.writer, run) : noneGone;
  const changes = {
    ...(await withWaiting(policy, ledger, found)),
    patients_gone: gone.patient,
    encounters_gone: gone.encounter,
  };
  const { exact, refused } = await checkShares(policy, services, found, changes);
  const before = await readShape(ledger.reader);
  const reasons = [
    ...(source.refusal === null ? [] : [source.refusal]),
    ...(await checkRows(ledger, found, gone)),
    ...found.lostSections,
    ...renamedPatients(renamed, gone.patient),
    ...(noMerges === null ? [] : [noMerges]),
    ...(before === null ? [] : shapeDifferences(before, ehr.shape)),
    ...refused.map(({ reason }) => reason),
    ...(await guardRebuilt(policy, services, found)),
  ];
  if (reasons.length === 0) return { changes: exact, refusal: null };
  const changedEntities = refused.flatMap(({ figure }) => changedEntity[figure] ?? []);
  const estimate = changedEntities.length === 0 ? '' : `. ${await estimateCalls(policy, services, changedEntities)}`;
  return { changes: exact, refusal: `${reasons.join('; ')}${estimate}` };
}

/** `refusedPlan` with `--new-target`, which excludes `--plan-only`. */
export const refusedTarget = (refusal: string): RefusedFault =>
  new RefusedFault(
    `Refused: ${refusal}. Nothing was sent, and the ledger still belongs to the former target. Check that EHR_URL ` +
      'and EHR_CONTRACT name the right source and that it is complete; if everything is right, start the job again with --new-target ' +
      'and --allow-large-change.',
    { reason: 'guard' },
  );

/**
 * Runs before the ledger forgets a former target. The load of the new one is a first load, and the source must have as many patients as
 * the former target.
 */
export async function guardNewTarget(
  ledger: Ledger,
  scanned: Pick<GuardInput['known'], 'patient' | 'encounter'>,
  { rows, limits }: Pick<GuardInput, 'rows' | 'limits'>,
): Promise<string | null> {
  const nothing = { patient: 0, encounter: 0, merge: 0 };
  const load = unaskedFirstLoad(scanned.patient, nothing, 'the new target has received no patients');
  if (load !== null) return load;
  const known = await countKnown(ledger.reader, null, null);
  const missing = { ...noChanges(), patients_gone: Math.max(0, known.patient - scanned.patient) };
  return tooMuch(missing, { known, rows, limits, usual: noUsual })[0]?.reason ?? null;
}

const noneGone = { patient: 0, encounter: 0 };
const noneUnseen = noneGone;

/**
 * Counts due and waiting rows together. Rows that Redox never had, and that the last approved plan owed or left waiting, were counted
 * then. A run in mode `changes` sees only some of those, so it counts what the last sweep did not see.
 */
async function withWaiting(
  { scope }: ScopedPolicy,
  { reader }: Ledger,
  { changes, waiting, left, plannedAgain, approved }: Found,
): Promise<ChangeCounts> {
  const before = left?.waiting ?? noneWaiting;
  if (countWaitingCalls(waiting) + countWaitingCalls(before) === 0) return changes;
  const planned = await countPlannedNew(reader);
  const unseen = scope.kind === 'sweep' ? noneUnseen : await countUnseenRows(reader, approved);
  const newOf = (entity: 'patient' | 'encounter', due: number): number => {
    const waitsAgain = Math.max(0, planned[entity] - plannedAgain[entity]);
    return Math.max(unseen[entity], due + waiting.new[entity] - before.new[entity] - waitsAgain);
  };
  return {
    ...changes,
    patients_new: newOf('patient', changes.patients_new),
    encounters_new: newOf('encounter', changes.encounters_new),
    summaries_new: changes.summaries_new + (scope.kind === 'sweep' ? waiting.summaries - before.summaries : 0),
  };
}

/** What is implausible at sites of any size. */
async function checkRows(
  { reader }: Ledger,
  { counts: rows, waiting, left }: Found,
  newlyGone: typeof noneGone,
): Promise<readonly string[]> {
  const isAnyGone = newlyGone.patient > 0 || newlyGone.encounter > 0;
  const isAnyDue = rows.patient.due + waiting.new.patient > 0;
  if (!isAnyDue && !isAnyGone) return [];
  const columns = isAnyDue ? await countUnreadableColumns(reader) : [];
  const known = await countKnown(reader, null, isAnyGone ? null : smallestGuarded);
  const all = isAnyGone ? allGone(newlyGone, rows, known) : [];
  return [...all, ...unreadableColumns(columns, isFirstLoad(withOwed(known, left)))];
}

/** Rows that an approved plan left waiting are owed like the planned ones. */
const withOwed = (known: KnownCounts, left: LeftByPlan | null): KnownCounts => ({
  ...known,
  patient: known.patient + (left?.waiting?.new.patient ?? 0),
  encounter: known.encounter + (left?.waiting?.new.encounter ?? 0),
});

const changedEntity: Readonly<Partial<Record<Figure, 'patient' | 'encounter'>>> = {
  patients_changed: 'patient',
  encounters_changed: 'encounter',
};

async function checkShares(
  { config: { largeChange: limits } }: ScopedPolicy,
  { ledger: { reader }, run }: Services,
  { counts: rows, approved, waiting, left }: Found,
  changes: ChangeCounts,
): Promise<{ readonly exact: ChangeCounts; readonly refused: ReturnType<typeof tooMuch> }> {
  const newPatients = rows.patient.new + waiting.new.patient;
  if (!isWorthALook(changes) && newPatients < smallestGuarded) return { exact: changes, refused: [] };
  const enough = enoughKnown(changes, limits);
  const known = await countKnown(reader, approved, Number.isSafeInteger(enough) ? enough : null);
  const owed = withOwed(known, left);
  const firstLoad = unaskedFirstLoad(newPatients, owed);
  if (firstLoad !== null) return { exact: changes, refused: [{ figure: 'patients_new', reason: firstLoad }] };
  const areFirstSummaries = changes.summaries_new > 0 && !(await hasSummaries(reader));
  const usual = usualOf(await recentNights(reader), run);
  const input: GuardInput = { known, owed, rows, limits, usual, areFirstSummaries };
  const suspects = tooMuch(changes, input);
  if (!suspects.some(({ figure }) => changedEntity[figure] !== undefined)) return { exact: changes, refused: suspects };
  // A release that builds other messages makes candidates too, so the rows that the EHR changed are counted now.
  const changed = await countChangedRows(reader, approved);
  const exact = { ...changes, patients_changed: changed.patient, encounters_changed: changed.encounter };
  return { exact, refused: tooMuch(exact, input) };
}

const nightMs = 86_400_000;

function usualOf({ nights, largest, last_night_at }: Awaited<ReturnType<typeof recentNights>>, run: Run): Usual {
  const since = last_night_at === null ? 0 : (run.startedAt.getTime() - last_night_at.getTime()) / nightMs;
  return { nights, largest, nightsSince: Math.max(1, Math.round(since)) };
}
