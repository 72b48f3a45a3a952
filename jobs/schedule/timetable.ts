import { schedule, validateDetailed, type ScheduledTask, type TaskContext, type TaskOptions } from 'node-cron';
import { DateTime } from 'luxon';
import { UsageFault } from '../../src/core/fault.ts';
import type { Log } from '../../src/log.ts';
import { lasting } from '../../src/report/plain-text.ts';
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

/** Told of a run that was due and did not start in time. */
type Missed = (job: string, due: Date) => void;

/** Runs late rather than not at all: after a suspended container, or a scan that kept the process busy. */
const toleranceMs = 3_600_000;

/** What node-cron has to say is said by the events below. */
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

function startEntry({ job, expression }: Entry, zone: string, log: Log, run: Run, missed: Missed): Stop {
  const options: TaskOptions = {
    timezone: zone,
    noOverlap: true,
    missedExecutionTolerance: toleranceMs,
    logger: silent,
  };
  const underWay = new Set<Promise<void>>();
  let extra: Extra | null = null;
  let isStopped = false;

  const start = async (due: Date): Promise<void> => {
    // node-cron keeps a task from running beside itself, but not beside the extra one.
    if (underWay.size > 0) {
      log('scheduled_job_skipped', { job, due, reason: 'still_running' });
      return;
    }
    const running = run(job, due);
    underWay.add(running);
    await running;
    underWay.delete(running);
    if (!isStopped) lookAhead();
  };
  const scheduleExtra = (after: Date): Extra | null => {
    const at = nextExtra(expression, zone, after);
    if (at === null) return null;
    const begin = (): Promise<void> => {
      extra = isStopped ? null : scheduleExtra(at);
      return start(at);
    };
    const task = schedule(onceAt(at), begin, { ...options, timezone: 'UTC', maxExecutions: 1 });
    logSkipped(task, job, log, missed);
    return { at, task };
  };
  const startUnlessInFold = async (due: Date): Promise<void> => {
    if (!isInFold(zone, due)) await start(due);
  };
  const regular = schedule(expression, ({ date }) => startUnlessInFold(date), options);
  const lookAhead = (): void => {
    const now = new Date();
    // Where it did not run in time, the machine slept through it.
    if (extra === null || extra.at <= now) extra = scheduleExtra(now);
    const coming = [nextRegular(regular, zone, now), extra?.at ?? null].filter((date) => date !== null);
    const next = coming.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
    log('job_scheduled', { job, next, words: inWords(next, zone, now) });
  };

  logSkipped(regular, job, log, missed, (due) => !isInFold(zone, due));
  lookAhead();
  return async () => {
    isStopped = true;
    await regular.destroy();
    await extra?.task.destroy();
    await Promise.all(underWay);
  };
}

/** A start that is not node-cron's to find, because the clocks move. */
interface Extra {
  readonly task: ScheduledTask;
  readonly at: Date;
}

function nextExtra(expression: string, zone: string, after: Date): Date | null {
  const [makeUp, inFold] = [nextMakeUp(expression, zone, after), nextInFold(expression, zone, after)];
  return makeUp === null || (inFold !== null && inFold < makeUp) ? inFold : makeUp;
}

/** More than two hours hold of minutes: in those that come twice the next one is not regular, and node-cron may name one that has passed. */
const nextRegular = (task: ScheduledTask, zone: string, now: Date): Date | null =>
  task.getNextRuns(121).find((date) => date > now && !isInFold(zone, date)) ?? null;

/** `isIts`: is a due time the task's own, so that it counts where it did not start? */
function logSkipped(
  task: ScheduledTask,
  job: string,
  log: Log,
  missed: Missed,
  isIts: (due: Date) => boolean = () => true,
): void {
  const skipped =
    (reason: string, tell: Missed) =>
    ({ date }: TaskContext): void => {
      if (!isIts(date)) return;
      log('scheduled_job_skipped', { job, due: date, reason });
      tell(job, date);
    };
  task.on(
    'execution:overlap',
    skipped('still_running', () => undefined),
  );
  task.on('execution:missed', skipped('too_late', missed));
}

/** `Monday, 23 November, 02:15 America/Chicago, in 7 h 13 min` */
export function inWords(next: Date | null, zone: string, now: Date): string {
  if (next === null) return 'never, by this expression';
  const there = DateTime.fromJSDate(next, { zone }).toFormat('cccc, d LLLL, HH:mm', { locale: 'en-GB' });
  return `${there} ${zone}, in ${lasting(next.getTime() - now.getTime())}`;
}

/** In UTC, where every hour comes once. */
const onceAt = (at: Date): string => DateTime.fromJSDate(at, { zone: 'UTC' }).toFormat("s m H d L '*'");
