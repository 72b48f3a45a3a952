import { schedule, validateDetailed, type ScheduledTask, type TaskContext, type TaskOptions } from 'node-cron';
import { DateTime } from 'luxon';
import { UsageFault } from '../../src/core/fault.ts';
import type { Log } from '../../src/log.ts';
import { lasting } from '../../src/report/plain-text.ts';
import { nextMakeUp } from './missing-hour.ts';

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
  let makeUp: MakeUp | null = null;
  let isStopped = false;

  const start = async (due: Date): Promise<void> => {
    const running = run(job, due);
    underWay.add(running);
    await running;
    underWay.delete(running);
    if (!isStopped) lookAhead();
  };
  const regular = schedule(expression, ({ date }) => start(date), options);
  const lookAhead = (): void => {
    if (makeUp === null || makeUp.at <= new Date()) makeUp = scheduleMakeUp(expression, zone, start, options);
    const coming = [regular.getNextRun(), makeUp?.at ?? null].filter((date) => date !== null);
    const next = coming.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
    log('job_scheduled', { job, next, words: inWords(next, zone, new Date()) });
  };

  logSkipped(regular, job, log, missed);
  lookAhead();
  return async () => {
    isStopped = true;
    await regular.destroy();
    await makeUp?.task.destroy();
    await Promise.all(underWay);
  };
}

interface MakeUp {
  readonly task: ScheduledTask;
  readonly at: Date;
}

function scheduleMakeUp(
  expression: string,
  zone: string,
  start: (due: Date) => Promise<void>,
  options: TaskOptions,
): MakeUp | null {
  const at = nextMakeUp(expression, zone, new Date());
  if (at === null) return null;
  return { at, task: schedule(onceAt(at, zone), () => start(at), { ...options, maxExecutions: 1 }) };
}

function logSkipped(task: ScheduledTask, job: string, log: Log, missed: Missed): void {
  const because =
    (reason: string) =>
    ({ date }: TaskContext): void => {
      log('scheduled_job_skipped', { job, due: date, reason });
    };
  task.on('execution:overlap', because('still_running'));
  task.on('execution:missed', because('too_late'));
  task.on('execution:missed', ({ date }) => {
    missed(job, date);
  });
}

/** `Monday, 23 November, 02:15 America/Chicago, in 7 h 13 min` */
export function inWords(next: Date | null, zone: string, now: Date): string {
  if (next === null) return 'never, by this expression';
  const there = DateTime.fromJSDate(next, { zone }).toFormat('cccc, d LLLL, HH:mm', { locale: 'en-GB' });
  return `${there} ${zone}, in ${lasting(next.getTime() - now.getTime())}`;
}

const onceAt = (at: Date, zone: string): string => DateTime.fromJSDate(at, { zone }).toFormat("s m H d L '*'");
