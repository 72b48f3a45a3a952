import { createTask } from 'node-cron';
import { DateTime } from 'luxon';

/**
 * A night whose hour does not exist. When clocks move forward, 02:15 never comes, and node-cron, which fires at wall-clock
 * times that are, would skip that night. Such a run is made up for at the moment the clocks move. An hour that comes
 * twice needs nothing: node-cron fires in its first occurrence only.
 */
interface Gap {
  /** The moment at which the clocks move forward. */
  readonly at: Date;
  /** The wall-clock times that never are, from (included) and to (not included), written as if they were UTC. */
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

const dayMs = 86_400_000;
const horizonDays = 400;

/** When the next run falls into a missing hour: the moment to make up for it; null where none does within a year. */
export function nextMakeUp(expression: string, zone: string, after: Date): Date | null {
  for (let gap = nextGap(zone, after); gap !== null; gap = nextGap(zone, gap.at)) {
    if (gap.at.getTime() - after.getTime() > horizonDays * dayMs) return null;
    if (isMissed(expression, zone, gap)) return gap.at;
  }
  return null;
}

/** Missed is a run in the gap with none of its own as soon after: every quarter of an hour goes on by itself. */
function isMissed(expression: string, zone: string, gap: Gap): boolean {
  const length = gap.toWallMs - gap.fromWallMs;
  return (
    matchesWithin(expression, 'UTC', gap.fromWallMs, gap.toWallMs) &&
    !matchesWithin(expression, zone, gap.at.getTime(), gap.at.getTime() + length)
  );
}

function matchesWithin(expression: string, timezone: string, fromMs: number, toMs: number): boolean {
  const task = createTask(expression, () => undefined, { timezone });
  try {
    for (let ms = fromMs; ms < toMs; ms += 1000) if (task.match(new Date(ms))) return true;
    return false;
  } finally {
    void task.destroy();
  }
}

/** The next time the zone's clocks move forward after the given moment; null where they do not within the horizon. */
export function nextGap(zone: string, after: Date): Gap | null {
  const offsetMs = (ms: number): number => DateTime.fromMillis(ms, { zone }).offset * 60_000;
  for (let day = 0; day < horizonDays; day++) {
    const from = after.getTime() + day * dayMs;
    if (offsetMs(from + dayMs) <= offsetMs(from)) continue;
    const at = firstMsWhere((ms) => offsetMs(ms) > offsetMs(from), from, from + dayMs);
    return { at: new Date(at), fromWallMs: at + offsetMs(at - 1), toWallMs: at + offsetMs(at) };
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
