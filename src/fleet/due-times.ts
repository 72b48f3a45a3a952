import type { Engine } from './engine.ts';

/** When a job was last due and when it is due next, by a cron expression in a zone. */
interface DueTimes {
  readonly last: Date | null;
  readonly next: Date | null;
}

const pageSize = 3;

/** The clock changes are the engine's: what is due in a missing hour is due an hour later, and once in one that comes twice. */
export function dueTimes(engine: Engine, expression: string, zone: string, now: Date, backMs: number): DueTimes {
  let last: Date | null = null;
  // Occurrences are after `from`.
  let from = new Date(now.getTime() - backMs);
  for (;;) {
    const page = engine.previewSchedule(expression, { tz: zone, from, count: pageSize });
    for (const due of page) {
      if (due > now) return { last, next: due };
      last = due;
    }
    const end = page.at(-1);
    if (end === undefined) return { last, next: null };
    from = end;
  }
}
