/**
 * A plan that leaves rows waiting is made in parts: the first before the delivery, the next one when the calls before have ended. So a night
 * stores the calls that it sends and one part more, however many wait. The guard has counted due and waiting rows together before the first.
 */
import { classifySummary } from '../decide/classify-summary.ts';
import { countDecision, noRows, type RowCounts } from '../decide/change.ts';
import { countWaitingCalls, countWaitingRows, type Waiting } from '../decide/plan/waiting.ts';
import { expectDelivery } from '../deliver/deliver.ts';
import type { FurtherCalls } from '../deliver/further-calls.ts';
import { StoppedFault } from '../fault.ts';
import { type Released, releasePersons } from '../ledger/stage/stage.ts';
import { builderOf } from '../message/builder-version.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import type { Found } from './diff.ts';
import { planNewRows } from './new-rows.ts';
import { storeFigures } from './plan.ts';
import { planSummaries } from './plan-summaries.ts';
import { PlanWriter } from './plan-writer.ts';

export function furtherParts(policy: ScopedPolicy, services: Services, first: Found): FurtherCalls {
  let found = first;
  const leaves = (): boolean => countWaitingCalls(found.waiting) > 0;
  const follow = (): boolean => countWaitingRows(found.waiting) > 0 && found.parts.left > 0;
  return {
    leaves,
    follow,
    next: async () => {
      if (!follow()) return false;
      const { calls, left } = found.parts;
      const work = (): Promise<Found> => planPart(policy, services, found, Math.min(calls, left));
      found = await services.ledger.writer.transaction(work);
      return true;
    },
  };
}

/** The persons whose turn is next, in the transaction of this part. */
async function planPart(policy: ScopedPolicy, services: Services, found: Found, calls: number): Promise<Found> {
  const { context, approved, parts } = found;
  const released = await releasePersons(services.ledger.writer, calls);
  if (released.patient + released.encounter === 0) throw new Error('rows wait, and no person of theirs');
  const counts = copied(found.counts);
  for (const entity of ['patient', 'encounter'] as const) {
    let planned = 0;
    for await (const rows of planNewRows(entity, context, services, policy, approved, released.after_rank)) {
      // Nothing is in flight, and the part is rolled back.
      if (services.signal.aborted) throw new StoppedFault();
      countDecision(counts[entity], rows.decision, rows.calls);
      planned += rows.calls;
    }
    if (planned !== released[entity])
      throw new Error(`${released[entity]} ${entity} rows waited for a part of the plan, and ${planned} were planned`);
    counts[entity].waiting -= planned;
  }
  if (counts.summary !== undefined)
    await planTheirSummaries(policy, services, { ...found, counts }, released.after_rank);
  const part = {
    ...found,
    counts,
    waiting: without(found.waiting, released),
    parts: { ...parts, left: parts.left - released.patient - released.encounter },
  };
  await storeFigures(policy, services, part);
  return part;
}

async function planTheirSummaries(
  { config, forced }: ScopedPolicy,
  services: Services,
  { counts: { summary = noRows() }, context }: Found,
  afterRank: number,
): Promise<void> {
  const planWriter = new PlanWriter(services.ledger.writer, services.run, { forced, onCalls: expectDelivery });
  const { read } = await planSummaries(services, planWriter, {
    comparison: { builderVersion: builderOf(config.redox), forced },
    isSweep: false,
    afterRank,
    mostCalls: null,
    lostLines: { damaged: [], hasDamagedFields: false },
    decide: (rows) => {
      const decisions = rows.map((row) => classifySummary(row, context));
      for (const decision of decisions) countDecision(summary, decision);
      return decisions;
    },
  });
  summary.read += read;
}

const copied = ({ patient, merge, encounter, summary }: RowCounts): RowCounts => ({
  patient: { ...patient },
  merge: { ...merge },
  encounter: { ...encounter },
  ...(summary === undefined ? {} : { summary: { ...summary } }),
});

const without = ({ new: fresh, ...others }: Waiting, { patient, encounter }: Released): Waiting => ({
  new: { patient: fresh.patient - patient, encounter: fresh.encounter - encounter },
  ...others,
});
