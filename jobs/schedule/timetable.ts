import { createTask, type ScheduledTask, validateDetailed } from 'node-cron';
import { DateTime } from 'luxon';
import { UsageFault } from '../../src/fault.ts';
import type { Log } from '../../src/log/log.ts';
import { lasting } from '../../src/plain-text.ts';
import { startsWithin } from './clock-shift.ts';
import { nextMakeUp } from './missing-hour.ts';
import { isInFold, nextInFold } from './repeated-hour.ts';

export interface Entry {
  readonly job: string;
  /** A cron expression, in the site's time zone. */
  readonly expression: string;
}

interface Timetable {
  /** Starts nothing more and waits for what is under way. */
  readonly stop: () => Promise<void>;
}

type Run = (job: string, due: Date) => Promise<void>;

/** Called for a run that was due and did not start in time. */
type Missed = (job: string, due: Date) => void;

/** Runs late rather than not at all: after a suspended container, or a scan that kept the process busy. */
const toleranceMs = 3_600_000;

/** node-cron only says when a job is due; nothing of it runs. */
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };

export function startTimetable(
  entries: readonly Entry[],
  zone: string,
  log: Log,
  run: Run,
  missed: Missed = () => undefined,
): Timetable {
  for (const entry of entries) checkExpression(entry);
  const stops = entries.map((entry) => startEntry(entry, zone, log, run, missed));
  return {
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function checkExpression({ job, expression }: Entry): void {
  const { valid, errors } = validateDetailed(expression);
  if (valid) return;
  const what = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new UsageFault(
    `--${job} is ${JSON.stringify(expression)}, which is no cron expression (${what}); expected minute, hour, day of month, month and day of week, such as "15 2 * * *".`,
  );
}

type Stop = () => Promise<void>;

/**
 * The longest time between two looks at the clock. A timer stops while its machine is suspended, and misses that a clock was set, so a
 * timer for the whole time would fire hours late.
 */
const lookMs = 30_000;

function startEntry({ job, expression }: Entry, zone: string, log: Log, run: Run, missed: Missed): Stop {
  const nextAfter = findStarts(expression, zone);
  let lookedAt = new Date();
  let next = nextAfter(lookedAt);
  let underWay: Promise<void> | null = null;
  let isStopped = false;

  const announce = (): void => {
    log('job_scheduled', { job, next, words: inWords(next, zone, new Date()) });
  };
  const skip = (due: Date, reason: 'still_running' | 'too_late'): void => {
    log('scheduled_job_skipped', { job, due, reason });
    if (reason === 'too_late') missed(job, due);
  };
  const start = (due: Date, now: Date): void => {
    if (underWay !== null) skip(due, 'still_running');
    else if (now.getTime() - due.getTime() > toleranceMs) skip(due, 'too_late');
    else {
      underWay = run(job, due).finally(() => {
        underWay = null;
        if (!isStopped) announce();
      });
    }
  };
  const look = (): void => {
    const now = new Date();
    if (next !== null && next <= now) {
      const [first, last] = [next, lastDue(expression, zone, next, now)];
      next = nextAfter(now);
      if (last > first) skip(first, 'too_late');
      start(last, now);
    } else if (lookedAt.getTime() - now.getTime() > toleranceMs) {
      // The clock was set back: its earlier time was wrong.
      next = nextAfter(now);
      announce();
    }
    lookedAt = now;
    timer = setTimeout(look, waitMs());
  };
  const waitMs = (): number => Math.max(0, Math.min(lookMs, (next?.getTime() ?? Infinity) - Date.now()));

  let timer = setTimeout(look, waitMs());
  announce();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await underWay;
  };
}

/** Returns a function that finds the first start of a job after `now`. */
function findStarts(expression: string, zone: string): (now: Date) => Date | null {
  const task = createTask(expression, () => undefined, { timezone: zone, logger: silent });
  return (now) => {
    const coming = [nextRegular(task, zone, now), nextExtra(expression, zone, now)].filter((date) => date !== null);
    return coming.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
  };
}

/** If several due times have passed, only the last one counts, so that two missed nights cause one start. */
function lastDue(expression: string, zone: string, first: Date, now: Date): Date {
  const minute = 60_000;
  if (now.getTime() - first.getTime() < minute) return first;
  const from = Math.max(first.getTime(), Math.floor((now.getTime() - toleranceMs) / minute) * minute);
  const dues = startsWithin(expression, zone, from, now.getTime()).filter((due) => !isInFold(zone, due));
  for (let extra = nextExtra(expression, zone, new Date(from)); extra !== null && extra <= now;) {
    dues.push(extra);
    extra = nextExtra(expression, zone, extra);
  }
  return dues.reduce((last, due) => (due > last ? due : last), first);
}

/** The next start that node-cron cannot find, because the clocks move. */
function nextExtra(expression: string, zone: string, after: Date): Date | null {
  const [makeUp, inFold] = [nextMakeUp(expression, zone, after), nextInFold(expression, zone, after)];
  return makeUp === null || (inFold !== null && inFold < makeUp) ? inFold : makeUp;
}

/** More than two hours hold of minutes: in those that come twice the next one is not regular, and node-cron may name one that has passed. */
const nextRegular = (task: ScheduledTask, zone: string, now: Date): Date | null => {
  const isIts = (date: Date): boolean => date > now && !isInFold(zone, date);
  return task.getNextRuns(1).find(isIts) ?? task.getNextRuns(121).find(isIts) ?? null;
};

/** `Monday, 23 November, 02:15 America/Chicago, in 7 h 13 min` */
export function inWords(next: Date | null, zone: string, now: Date): string {
  if (next === null) return 'never, by this expression';
  const there = DateTime.fromJSDate(next, { zone }).toFormat('cccc, d LLLL, HH:mm', { locale: 'en-GB' });
  return `${there} ${zone}, in ${lasting(next.getTime() - now.getTime())}`;
}
