import { DateTime } from 'luxon';
import { UsageFault } from '../../src/fault.ts';
import { type ClockTime, readClock } from './clock-time.ts';
import { type JobOption, value } from '../frame/options.ts';

/** The due time of a run. Durations count from it, so a late start is visible. */
export type Due = { readonly kind: 'clock'; readonly time: ClockTime } | { readonly kind: 'moment'; readonly at: Date };

export const dueOption = (): JobOption<Due | null> =>
  value(
    '--due <TIME>',
    "when the run was due, for the metrics: a time of day in the site's zone, as in the cron line (02:15), or a date-time with zone",
    readDue,
  );

function readDue(text: string): Due {
  const clock = readClock(text);
  if (clock !== null) return { kind: 'clock', time: clock };
  const moment = DateTime.fromISO(text, { setZone: true });
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  if (moment.isValid && hasZone) return { kind: 'moment', at: moment.toJSDate() };
  throw new UsageFault(
    `--due takes a time of day such as 02:15 or a date-time with zone such as 2026-01-31T08:15:00Z, not ${JSON.stringify(text)}.`,
  );
}

/** The moment meant: a time of day means its latest occurrence in the past. */
export function dueAt(due: Due, zone: string, startedAt: Date): Date {
  if (due.kind === 'moment') return due.at;
  const here = DateTime.fromJSDate(startedAt, { zone });
  const today = here.set({ ...due.time, second: 0, millisecond: 0 });
  return (today <= here ? today : here.minus({ days: 1 }).set({ ...due.time, second: 0, millisecond: 0 })).toJSDate();
}
