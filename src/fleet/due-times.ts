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
  const occurrences = changesByWholeHours(zone, now)
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
 * The same where clocks change by half an hour: around such a change the engine gives up, or leaves a due time out. So it reads the
 * expression on a clock that never changes.
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

/** False if the clocks of the year to come differ from each other by a part of an hour. */
function changesByWholeHours(zone: string, now: Date): boolean {
  const offsets = Array.from({ length: 13 }, (_, month) => now.getTime() + (month - 1) * monthMs).map(
    (ms) => wallMsIn(zone, ms) - ms,
  );
  return offsets.every((offset) => (offset - (offsets[0] ?? 0)) % hourMs === 0);
}
