import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { flag } from '../frame/options.ts';
import { runNight } from './run-night.ts';

const manual: Manual = {
  what: "Delivers the ledger's open calls and nothing else: rejected, failed, blocked, not started or unknown ones, built again from the newest rows.",
  when: 'After an outage at Redox, when the next night is too far away.',
  reads: "The ledger; the EHR's rows with open calls, and their dependencies.",
  writes: 'Calls to Redox; the ledger; <REPORT_DIR>/<run id>/. The watermark does not move.',
  repeat: 'Yes.',
  stop: 'SIGTERM or SIGINT: no further call starts, calls in flight have six seconds to end and are recorded; the rest stays open.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile resend', 'redox-reconcile resend --held'],
};

export const resend = defineJob({
  manual,
  options: {
    held: flag(
      '--held',
      'also rows on hold: with an unknown outcome (UNKNOWN_OUTCOME=hold), or refused by Redox on three dates',
    ),
  },
  run: (context, { held }) =>
    runNight(context, { job: 'resend', scope: { kind: 'open' }, includesHeld: held, options: { held } }),
});
