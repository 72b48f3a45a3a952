import { createTask } from 'node-cron';
import { DateTime } from 'luxon';

/** A moment at which the clocks of a zone move. */
export interface ClockShift {
  readonly at: Date;
  /** What the clocks are ahead of UTC until then, and from then on. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

export const dayMs = 86_400_000;
export const horizonDays = 400;

/** The next time after a moment that the zone's clocks move so; null where they do not within the horizon. */
export function nextShift(zone: string, after: Date, direction: 'forward' | 'back'): ClockShift | null {
  const offsetMs = (ms: number): number => DateTime.fromMillis(ms, { zone }).offset * 60_000;
  const sign = direction === 'forward' ? 1 : -1;
  for (let day = 0; day < horizonDays; day++) {
    const from = after.getTime() + day * dayMs;
    if (sign * (offsetMs(from + dayMs) - offsetMs(from)) <= 0) continue;
    const at = firstMsWhere((ms) => sign * (offsetMs(ms) - offsetMs(from)) > 0, from, from + dayMs);
    return { at: new Date(at), beforeMs: offsetMs(at - 1), afterMs: offsetMs(at) };
  }
  return null;
}

/** Halves the span until the first moment is found for which the condition holds; it holds at its end. */
function firstMsWhere(holds: (ms: number) => boolean, from: number, to: number): number {
  let [before, since] = [from, to];
  while (since - before > 1) {
    const middle = Math.floor((before + since) / 2);
    if (holds(middle)) since = middle;
    else before = middle;
  }
  return since;
}

/** The due moments of an expression, from (included) to (excluded), by wall-clock time in the zone; both are whole minutes. */
export function startsWithin(expression: string, timezone: string, fromMs: number, toMs: number): Date[] {
  const task = createTask(expression, () => undefined, { timezone });
  // Only an expression of six fields names seconds.
  const stepMs = expression.trim().split(/\s+/).length > 5 ? 1_000 : 60_000;
  const starts: Date[] = [];
  try {
    for (let ms = fromMs; ms < toMs; ms += stepMs) if (task.match(new Date(ms))) starts.push(new Date(ms));
    return starts;
  } finally {
    void task.destroy();
  }
}
