import { DateTime } from 'luxon';
import { wholeNumber } from '../../src/config/format/formats.ts';
import { type ExitCode, UsageFault } from '../../src/fault.ts';
import { type ClockTime, readClock } from './clock-time.ts';
import { type Due, dueAt, dueOption } from './due.ts';
import { waitOption } from './wait.ts';
import type { JobContext } from '../frame/job.ts';
import { choice, flag, type JobOption, typed, value, type ValuesOf } from '../frame/options.ts';
import { runNight } from './run-night.ts';

interface NightOptions {
  readonly [name: string]: JobOption<unknown>;
  readonly mode: JobOption<'sweep' | 'changes'>;
  readonly planOnly: JobOption<boolean>;
  readonly until: JobOption<ClockTime | null>;
  readonly maxCalls: JobOption<number | null>;
  readonly allowLargeChange: JobOption<boolean>;
  readonly newTarget: JobOption<boolean>;
  readonly afterRestore: JobOption<boolean>;
  readonly due: JobOption<Due | null>;
  readonly once: JobOption<boolean>;
  readonly wait: JobOption<number | null>;
}

export const nightOptions = (mode: 'sweep' | 'changes'): NightOptions => ({
  mode: choice(
    '--mode <mode>',
    'sweep: compare every row; changes: only rows updated since the watermark (how far updated_at was read), and open ones',
    ['changes', 'sweep'],
    mode,
  ),
  planOnly: flag('--plan-only', 'store the plan, write the reports, send nothing'),
  until: value('--until <HH:MM>', "start no call after the next such time in the site's zone", readUntil),
  maxCalls: typed(
    '--max-calls <N>',
    'start at most this many calls; the next run continues',
    wholeNumber(1, 999_999_999),
    'a whole number from 1 on',
  ),
  allowLargeChange: flag(
    '--allow-large-change',
    'approve, for this run, what would otherwise be refused: a first load of 100 patients or more, more changes than LARGE_CHANGE allows or than is usual, a changed contract, or damaged or empty files, columns or sections',
  ),
  newTarget: flag(
    '--new-target',
    'bind the ledger to the configured Redox target and forget what the former one received',
  ),
  afterRestore: flag(
    '--after-restore',
    'the ledger was restored, or failed over and lost commits: compare every row, and send again what Redox may have received since',
  ),
  due: dueOption(),
  once: flag(
    '--once',
    'with --due: do what is due at most once, however often it is started; a start that finds it done ends as that run ended',
  ),
  wait: waitOption(),
});

export const nightAsAsked =
  (job: 'nightly' | 'intraday') =>
  (context: JobContext, asked: ValuesOf<NightOptions>): Promise<ExitCode> => {
    const { mode, planOnly, until, maxCalls, allowLargeChange, newTarget, afterRestore, due, once, wait } = asked;
    assertFitsOnce(asked);
    if (planOnly && newTarget) {
      throw new UsageFault(
        '--plan-only cannot be combined with --new-target: it would forget what the former target received, and send the new one nothing.',
      );
    }
    if (afterRestore && newTarget) {
      throw new UsageFault(
        '--after-restore cannot be combined with --new-target: a new target has received nothing that the ledger could have lost.',
      );
    }
    const { siteTimeZone } = context.config('siteTimeZone');
    const startedAt = new Date();
    return runNight(context, {
      job,
      dueAt: due === null ? null : dueAt(due, siteTimeZone, startedAt),
      once,
      waitMs: wait,
      scope: mode === 'sweep' ? { kind: 'sweep' } : 'changes',
      planOnly,
      allowLargeChange,
      newTarget,
      afterRestore,
      maxCalls,
      movesWatermark: true,
      until: until === null ? null : nextAt(until, siteTimeZone, startedAt),
      options: { mode, planOnly, allowLargeChange, newTarget, afterRestore, maxCalls, hasUntil: until !== null, once },
    });
  };

function assertFitsOnce({ once, due, newTarget, afterRestore }: ValuesOf<NightOptions>): void {
  if (!once) return;
  if (due === null) {
    throw new UsageFault('--once needs --due, such as --due 02:15: it asks whether that time was done already.');
  }
  if (newTarget || afterRestore) {
    const flag = newTarget ? '--new-target' : '--after-restore';
    throw new UsageFault(
      `--once cannot be combined with ${flag}, which a person decides for one run: leave --once out.`,
    );
  }
}

export function readUntil(text: string): ClockTime {
  const time = readClock(text);
  if (time === null) throw new UsageFault(`--until takes a time of day such as 06:30, not ${JSON.stringify(text)}.`);
  return time;
}

/** The next moment at which clocks in the zone show that time; a time skipped by the clock change shifts later by the skipped hour. */
export function nextAt({ hour, minute }: ClockTime, zone: string, now: Date): Date {
  const here = DateTime.fromJSDate(now, { zone });
  const today = here.set({ hour, minute, second: 0, millisecond: 0 });
  return (today > here ? today : here.plus({ days: 1 }).set({ hour, minute, second: 0, millisecond: 0 })).toJSDate();
}
