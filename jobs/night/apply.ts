import { apply as applyPlan } from '../../src/runs/apply.ts';
import { everyPart } from '../../src/config/settings.ts';
import { policyOf } from '../../src/run/policy.ts';
import { exitCodes } from '../../src/fault.ts';
import { dueOption } from './due.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { healthChecked } from './health-checked.ts';
import { withServices } from '../ledger/ledger-url.ts';
import { argument } from '../frame/options.ts';

const manual: Manual = {
  what: 'Delivers the stored plan of a --plan-only run. A row that changed since is superseded and listed, and the next night sends it; all other rows are sent. The watermark moves as the planned run would have moved it.',
  when: 'After a person has read the reports of the plan. A plan is refused (75) if a later run has overtaken it, if it was applied before, or if the message builder or the contract has changed since; a run without a plan is bad usage (64).',
  reads: "The ledger; the EHR's merges, and its rows one by one before sending.",
  writes:
    'NewPatient, PatientUpdate, PatientMerge and VisitPush to Redox; the ledger, as a run of its own; <REPORT_DIR>/<run id>/. The reports of the plan stay unchanged.',
  repeat: 'A plan is applied once. Calls that were not sent stay open, and the next nightly or resend sends them.',
  stop: 'SIGTERM or SIGINT: no further call starts, calls in flight have six seconds to end and are recorded; the rest stays open.',
  exitCodes: Object.values(exitCodes),
  examples: ['redox-reconcile nightly --plan-only', 'redox-reconcile apply 20260131T081500Z-nightly-3f2a'],
};

export const apply = defineJob({
  manual,
  options: {
    runId: argument('<RUN_ID>', 'the plan-only run: the name of its report folder; status lists the newest'),
    due: dueOption(),
  },
  run: healthChecked('apply', async (context, { runId }) => {
    const config = context.config(...everyPart);
    return withServices(context, config.ledger, async (services) => {
      const policy = policyOf({ job: 'apply', config, options: { runId } });
      return (await applyPlan(policy, services, runId)).exitCode;
    });
  }),
});
