import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { flag } from '../frame/options.ts';
import { runNight } from './run-night.ts';

const manual: Manual = {
  what: 'Delivers what is open in the ledger and nothing else: calls that were rejected, failed, blocked, not started, or whose outcome is unknown, built anew from the newest rows.',
  when: 'After an outage at Redox, when the next night is too far away.',
  reads: 'The ledger; of the EHR the rows that are open, and what they depend on.',
  writes: 'Calls to Redox; the ledger; <REPORT_DIR>/<run id>/. The watermark stays where it is.',
  repeat: 'Yes.',
  stop: 'SIGTERM or SIGINT: no call starts any more, those under way have six seconds to end and are recorded; what is left stays open.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile resend', 'redox-reconcile resend --held'],
};

export const resend = defineJob({
  manual,
  options: {
    held: flag(
      '--held',
      'also what is held: because its outcome is unknown (UNKNOWN_OUTCOME=hold), or because Redox refused it on three dates',
    ),
  },
  run: (context, { held }) =>
    runNight(context, { job: 'resend', scope: { kind: 'open' }, includesHeld: held, options: { held } }),
});
