/**
 * A release or a setting that builds other messages makes every row a candidate, although the EHR changed nothing. The run says how many calls that
 * means and how long they take, and asks a person where they are many.
 */
import { sampleCalls } from '../deliver/estimate-calls.ts';
import { type Rebuilt, rebuiltClause, rebuiltTooMuch } from '../decide/guard.ts';
import { isAnyRebuilt } from '../decide/plan/waiting.ts';
import { countKnown, countRebuiltRows } from '../ledger/stage/guard.ts';
import { builderOf } from '../message/builder-version.ts';
import { lasting } from '../plain-text.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import type { Found } from './diff.ts';

/** Why the plan is refused, as a clause per entity. Called once the plan is stored. A night without changes costs nothing. */
export async function guardRebuilt(
  policy: ScopedPolicy,
  services: Services,
  { changes, approved, waiting, left }: Found,
): Promise<readonly string[]> {
  if (changes.patients_changed + changes.encounters_changed === 0) return [];
  const builderVersion = builderOf(policy.config.redox);
  // A person may have approved them; otherwise they were few.
  const wereJudged = left?.builder_version === builderVersion && isAnyRebuilt(left.waiting);
  if (wereJudged) return [];
  const {
    ledger: { reader, writer },
    run,
    log,
  } = services;
  const planned = await countRebuiltRows(writer, run, builderVersion);
  const rows = {
    patient: planned.patient + waiting.rebuilt.patient,
    encounter: planned.encounter + waiting.rebuilt.encounter,
    summary: planned.summary,
  };
  const reasons: string[] = [];
  for (const entity of ['patient', 'encounter', 'summary'] as const) {
    if (rows[entity] === 0) continue;
    const rebuilt = await rebuiltOf(policy, services, entity, rows[entity]);
    if (rebuilt.calls === 0) continue;
    log('rows_rebuilt', { runId: run.id, words: rebuiltClause(rebuilt) });
    const known = await countKnown(reader, approved, null);
    const reason = rebuiltTooMuch(rebuilt, known, policy.config.largeChange);
    if (reason !== null) reasons.push(reason);
  }
  return reasons;
}

async function rebuiltOf(
  policy: ScopedPolicy,
  services: Services,
  entity: Rebuilt['entity'],
  rows: number,
): Promise<Rebuilt> {
  const sample = await sampleCalls(policy, services, [entity], builderOf(policy.config.redox));
  const calls = sample.rows === 0 ? 0 : Math.round((rows * sample.sent) / sample.rows);
  const { rateLimit } = policy.config;
  const lasts = rateLimit === null ? null : lasting((calls / rateLimit.calls) * rateLimit.windowMs);
  return { entity, rows, calls, lasts };
}
