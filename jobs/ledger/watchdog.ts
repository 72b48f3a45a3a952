import { wholeNumber } from '../../src/config/format/formats.ts';
import { type ExitCode, exitCodes } from '../../src/fault.ts';
import { readLedger } from '../../src/ledger/ledger.ts';
import { ledgerSince } from '../../src/ledger/health.ts';
import { lasting, minuteOf } from '../../src/plain-text.ts';
import { readCleanNight } from '../../src/report/text/status.ts';
import { allBut, defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { healthChecked } from '../night/health-checked.ts';
import { withLedgerUrl } from './ledger-url.ts';
import { typed } from '../frame/options.ts';

const manual: Manual = {
  what: 'Alerts when the last clean night (a nightly that ended with 0 or 2) is more than N hours ago. Only this job notices a nightly that is no longer started, hangs, or was killed. It then ends with 2 every time (critical, to Nagios and similar tools); ALERT_WEBHOOK_URL receives one alert, and another one after the next clean night.',
  when: 'Every hour, from cron, on a machine with a monitored cron. Without a clean night the hours count from the creation of the ledger.',
  reads: 'The ledger. Neither the EHR nor Redox.',
  writes: 'One line to stdout; in the ledger, the health of the site and the last alert.',
  repeat: 'Yes.',
  stop: 'It ends by itself; if the webhook does not answer, after half a minute.',
  exitCodes: allBut('stopped'),
  examples: ['redox-reconcile watchdog', 'redox-reconcile watchdog --hours 48'],
};

const usualHours = 26;
const hourMs = 3_600_000;

interface Asked {
  readonly hours: number | null;
}

export const watchdog = defineJob({
  manual,
  options: {
    hours: typed(
      '--hours <N>',
      `the longest time without a clean night; default ${usualHours}`,
      wholeNumber(1, 9_999),
      'a whole number from 1 to 9999',
    ),
  },
  run: healthChecked('watchdog', ({ config, print }: JobContext, { hours }: Asked) =>
    withLedgerUrl(config('ledger').ledger, (url) =>
      readLedger(url, async (session): Promise<ExitCode> => {
        const cleanNight = await readCleanNight(session);
        const since = cleanNight?.finished_at ?? (await ledgerSince(session));
        const awayMs = Date.now() - since.getTime();
        const isOverdue = awayMs > (hours ?? usualHours) * hourMs;
        const last = cleanNight === null ? 'No clean night since the ledger was made' : 'The last clean night ended';
        print(`${last} ${lasting(awayMs)} ago, ${minuteOf(since)}${isOverdue ? ': overdue.' : '.'}`);
        return isOverdue ? exitCodes.needsPerson : exitCodes.done;
      }),
    ),
  ),
});
