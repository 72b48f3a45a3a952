import { exitCodes } from '../../src/fault.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { healthChecked } from './health-checked.ts';
import { nightAsAsked, nightOptions } from './night-options.ts';

const manual: Manual = {
  what: 'Compares every patient, merge and visit of the EHR with what Redox was last sent, sends exactly what is missing, and writes the reports.',
  when: 'Every night, from cron or schedule, when the EHR is quiet.',
  reads: 'The EHR: once in a read-only snapshot, then each row again before it is sent. The ledger.',
  writes: 'NewPatient, PatientUpdate, PatientMerge and VisitPush to Redox; the ledger; <REPORT_DIR>/<run id>/.',
  repeat: 'Yes. A second run right after the first sends nothing.',
  stop: 'SIGTERM or SIGINT: no further call starts, calls in flight have six seconds to end and are recorded, the run is closed as stopped, and the next run continues.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile nightly', 'redox-reconcile nightly --plan-only', 'redox-reconcile nightly --until 06:00'],
};

export const nightly = defineJob({
  manual,
  options: nightOptions('sweep'),
  run: healthChecked('nightly', nightAsAsked('nightly')),
});
