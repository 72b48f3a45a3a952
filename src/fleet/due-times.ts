import { occurrencesOf, wallMsIn } from '../values/time/wall-clock.ts';
import type { Engine } from './engine.ts';

/** When a job was last due and when it is due next, by a cron expression in a zone. */
interface DueTimes {
  readonly last: Date | null;
  readonly next: Date | null;
}

const pageSize = 3;

/** What is due in a missing hour is due an hour later, and once in an hour that comes twice; only a job of every hour goes on in both. */
export function dueTimes(engine: Engine, expression: string, zone: string, now: Date, backMs: number): DueTimes {
  const from = new Date(now.getTime() - backMs);
  const occurrences = isUsual(zone, now)
    ? occurrencesIn(engine, expression, zone, from)
    : shownIn(engine, expression, zone, from);
  let last: Date | null = null;
  for (const due of occurrences) {
    if (due > now) return { last, next: due };
    if (last === null || due > last) last = due;
  }
  return { last, next: null };
}

/** Occurrences after `from`. The clock changes are the engine's. */
function* occurrencesIn(engine: Engine, expression: string, zone: string, from: Date): Generator<Date> {
  for (let after: Date | undefined = from; after !== undefined;) {
    const page: Date[] = engine.previewSchedule(expression, { tz: zone, from: after, count: pageSize });
    yield* page;
    after = page.at(-1);
  }
}

/** Longer than any clock skips. */
const skippedMs = 3 * 3_600_000;

/**
 * The same where clocks change by another time than an hour, or not at an hour: around such a change the engine gives up, leaves a due
 * time out, or has one twice. So it reads the expression on a clock that never changes.
 */
function* shownIn(engine: Engine, expression: string, zone: string, from: Date): Generator<Date> {
  const fromMs = from.getTime();
  // What the clocks have just skipped is still to come.
  const shownFrom = new Date(Math.min(wallMsIn(zone, fromMs), wallMsIn(zone, fromMs - skippedMs) + skippedMs));
  for (const shown of occurrencesIn(engine, expression, 'UTC', shownFrom)) {
    const [due = NaN] = occurrencesOf(shown.getTime(), zone).instants;
    if (due > fromMs) yield new Date(due);
  }
}

const hourMs = 3_600_000;
const monthMs = 30 * 24 * hourMs;

/** True where the clocks of the year to come are whole or half hours from UTC, and an hour from each other at most. */
function isUsual(zone: string, now: Date): boolean {
  const months = Array.from({ length: 14 }, (_, month) => now.getTime() + (month - 1) * monthMs);
  const offsets = months.map((ms) => wallMsIn(zone, ms) - ms);
  const differences = offsets.map((offset) => Math.abs(offset - Math.min(...offsets)));
  return (
    offsets.every((offset) => offset % (hourMs / 2) === 0) &&
    differences.every((difference) => difference === 0 || difference === hourMs)
  );
}
