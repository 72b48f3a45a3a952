/** How many calls a plan makes beforehand. What is due beyond them waits, so that no night plans a whole first load again. */

/** PLAN_AHEAD: a number of calls, or all; null for the default. */
export type PlanAhead = number | 'all' | null;

interface Pace {
  /** Null for unlimited. */
  readonly rateLimit: { readonly calls: number; readonly windowMs: number } | null;
  readonly startedAt: Date;
  /** No call starts after this; null for no such time. */
  readonly until: Date | null;
}

const usualNightMs = 6 * 3_600_000;
/** A night may find many calls unneeded, and the next ones go on with the same plan if the EHR cannot be read. */
const nightsAhead = 3;

/** Fifty minutes at the usual rate. */
const usualCallsPerPart = 50_000;

/** A plan that leaves rows waiting is made in parts. */
export interface Parts {
  /** Calls of each part. */
  readonly calls: number;
  /** Calls that further parts may still make. */
  readonly left: number;
}

export const noFurtherParts: Parts = { calls: 0, left: 0 };

/** `planAhead`: the calls of all parts together. `inTurn`: those of persons who never wait, all of them in the first part. */
export function partsOf(planAhead: number, inTurn: number, callsPerPart = usualCallsPerPart): Parts {
  const calls = Math.min(planAhead, callsPerPart);
  return { calls, left: Math.max(0, planAhead - Math.max(calls, inTurn)) };
}

/** Null for all. */
export function planAheadOf(planAhead: PlanAhead, { rateLimit, startedAt, until }: Pace): number | null {
  if (planAhead !== null) return planAhead === 'all' ? null : planAhead;
  if (rateLimit === null) return null;
  const nightMs = until === null ? usualNightMs : Math.max(0, until.getTime() - startedAt.getTime());
  return Math.max(1, Math.ceil((nightsAhead * rateLimit.calls * nightMs) / rateLimit.windowMs));
}
