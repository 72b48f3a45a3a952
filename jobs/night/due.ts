import { DateTime } from 'luxon';
import { UsageFault } from '../../src/fault.ts';
import { type ClockTime, readClock } from './clock-time.ts';
import { type JobOption, value } from '../frame/options.ts';

/** The due time of a run. Durations count from it, so a late start is visible. */
export type Due = { readonly kind: 'clock'; readonly time: ClockTime } | { readonly kind: 'moment'; readonly at: Date };

export const dueOption = (): JobOption<Due | null> =>
  value(
    '--due <TIME>',
    "when the run was due: a time of day in the site's zone, as in the cron line (02:15), or a date-time with zone. Metrics count from it; see --once",
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

/** The moment meant: a time of day means its latest occurrence in the past, the same moment for every start until the next one. */
export function dueAt(due: Due, zone: string, startedAt: Date): Date {
  if (due.kind === 'moment') return due.at;
  const here = DateTime.fromJSDate(startedAt, { zone });
  const today = occurrenceOn(here, due.time);
  return today <= startedAt ? today : occurrenceOn(here.minus({ days: 1 }), due.time);
}

const minuteMs = 60_000;

/** When the clocks of that day first show the time; where they skip it, when they move past it: cron starts its job then. */
function occurrenceOn({ year, month, day, zone }: DateTime, { hour, minute }: ClockTime): Date {
  const offsetMs = (ms: number): number => zone.offset(ms) * minuteMs;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute);
  const offsets = [offsetMs(wallMs - dayMs), offsetMs(wallMs + dayMs)];
  const [earliest, latest] = [wallMs - Math.max(...offsets), wallMs - Math.min(...offsets)];
  for (let ms = earliest; ms < latest; ms += minuteMs) if (ms + offsetMs(ms) >= wallMs) return new Date(ms);
  return new Date(latest);
}

const dayMs = 24 * 60 * minuteMs;
