import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { healthChecked } from './health-checked.ts';
import { nightAsAsked, nightOptions } from './night-options.ts';

const manual: Manual = {
  what: 'Compares the rows updated since the watermark, and the open ones, with what Redox was last sent, and sends what is missing.',
  when: 'Between nights, as often as you like. Only nightly finds rows that vanished, changes without a new updated_at, and earlier visits with a patient who arrived later.',
  reads: 'The EHR: once in a read-only snapshot, then each row again before it is sent. The ledger.',
  writes: 'NewPatient, PatientUpdate, PatientMerge and VisitPush to Redox; the ledger; <REPORT_DIR>/<run id>/.',
  repeat: 'Yes. A second run right after the first sends nothing.',
  stop: 'SIGTERM or SIGINT: no further call starts, calls in flight have six seconds to end and are recorded, the run is closed as stopped, and the next run continues.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile intraday', 'redox-reconcile intraday --mode sweep'],
};

export const intraday = defineJob({
  manual,
  options: nightOptions('changes'),
  run: healthChecked('intraday', nightAsAsked('intraday')),
});
