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
  what: 'Delivers the stored plan of a --plan-only run. A row that changed since is superseded and listed, and the next night sends it; the rest is sent. The watermark moves as the planned run would have moved it.',
  when: 'After a person has read the reports of the plan. A plan that a later run has overtaken, or that was applied before, is refused (75), and so is one of a release that builds other messages, or of another contract; a run that has no plan is bad usage (64).',
  reads: 'The ledger; of the EHR its merges, and row by row what is sent.',
  writes:
    'NewPatient, PatientUpdate, PatientMerge and VisitPush to Redox; the ledger, as a run of its own; <REPORT_DIR>/<run id>/. The reports of the plan stay as they are.',
  repeat: 'A plan is applied once. What was left of it is open, and goes with the next nightly or with resend.',
  stop: 'SIGTERM or SIGINT: no call starts any more, those under way have six seconds to end and are recorded; what is left stays open.',
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
