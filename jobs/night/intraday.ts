import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { healthChecked } from './health-checked.ts';
import { nightAsAsked, nightOptions } from './night-options.ts';

const manual: Manual = {
  what: 'Compares what updated_at says changed since the watermark, and what is open, with what Redox was last told, and sends what is missing.',
  when: 'Between nights, as often as you like. It cannot see rows that vanished, changes that updated_at does not tell, nor visits that could not be told before and can be now (their patient came later): that is what nightly is for.',
  reads: 'The EHR, in one read-only snapshot and then row by row for what is sent; the ledger.',
  writes: 'NewPatient, PatientUpdate, PatientMerge and VisitPush to Redox; the ledger; <REPORT_DIR>/<run id>/.',
  repeat: 'Yes. A second run right after the first sends nothing.',
  stop: 'SIGTERM or SIGINT: no call starts any more, those under way have six seconds to end and are recorded, the run is closed as stopped, and the next run goes on.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile intraday', 'redox-reconcile intraday --mode sweep'],
};

export const intraday = defineJob({
  manual,
  options: nightOptions('changes'),
  run: healthChecked('intraday', nightAsAsked('intraday')),
});
