import { confirm as confirmCalls } from '../../src/runs/confirm.ts';
import { type ExitCode, exitCodes, UsageFault } from '../../src/fault.ts';
import { defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { text, type ValuesOf } from '../frame/options.ts';
import { withServices } from '../ledger/ledger-url.ts';
import { healthChecked } from './health-checked.ts';
import { readSince } from './window.ts';

const manual: Manual = {
  what: 'Asks Redox what became of accepted messages: its log of each says succeeded, failed, filtered or pending. A row is owed again if its newest message failed, if it has no log after CONFIRM_WITHIN, or if a later merge overtook it inside Redox. nightly and intraday do the same before they plan, for ten minutes at most.',
  when: 'Between nights, or by hand after trouble at Redox.',
  reads:
    "Redox's Platform API, with a user-level key (REDOX_PLATFORM_CLIENT_ID, REDOX_PLATFORM_KEY_ID, REDOX_PLATFORM_PRIVATE_KEY, REDOX_ORGANIZATION_ID, REDOX_ENVIRONMENT_ID); the ledger. From each log it keeps status, stage, code and field path, each from a closed list.",
  writes: 'The ledger, as a run of its own; <REPORT_DIR>/<run id>/. It sends no message.',
  repeat: 'Yes. A message with a final status is not asked about again.',
  stop: 'SIGTERM or SIGINT: answers so far are kept; what they mean for rows is decided by the next run.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile confirm', 'redox-reconcile confirm --since 2026-01-28'],
};

const options = {
  since: text('--since <DATE>', "asks about runs since this date, in the site's zone; default: of the last seven days"),
};

export const confirm = defineJob({ manual, options, run: healthChecked('confirm', confirmAsAsked) });

async function confirmAsAsked(context: JobContext, { since }: ValuesOf<typeof options>): Promise<ExitCode> {
  const { platform, ...config } = context.config('redox', 'ledger', 'ledgerKey', 'siteTimeZone');
  if (platform === null) {
    throw new UsageFault(
      'Acceptance cannot be confirmed: REDOX_PLATFORM_CLIENT_ID, REDOX_PLATFORM_KEY_ID, REDOX_PLATFORM_PRIVATE_KEY, REDOX_ORGANIZATION_ID ' +
        'and REDOX_ENVIRONMENT_ID are not set. Make a user-level API key in the user menu of the Redox dashboard.',
    );
  }
  return withServices(context, config.ledger, async (services) => {
    const begin = since === null ? null : readSince(since, config.siteTimeZone);
    return (await confirmCalls({ config: { ...config, platform }, since: begin }, services)).exitCode;
  });
}
