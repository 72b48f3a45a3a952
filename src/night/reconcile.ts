/**
 * THE NIGHT. Start here.
 *
 *   confirm → scan → stage → diff → guard → plan → deliver → record → report
 *
 * The steps run in one direction. A run is a function of the EHR and the ledger: after an interruption, the next start recovers
 * the calls in flight and makes a new plan. Each step has a folder of its name, or a file in one. The decisions are in `src/decide/`,
 * and each neighbour has a folder.
 */
import { checkDirectory } from '../confirm/check-directory.ts';
import { confirmFirst } from '../confirm/confirm-first.ts';
import { deliver } from '../deliver/deliver.ts';
import { record } from '../ledger/record/journal.ts';
import { diff } from '../plan/diff.ts';
import { furtherParts } from '../plan/further-parts.ts';
import { guard } from '../plan/guard.ts';
import { inOnePlan, plan } from '../plan/plan.ts';
import { report } from '../report/reports.ts';
import type { Finished } from '../run/finish.ts';
import type { Policy } from '../run/policy.ts';
import type { JobServices } from '../run/services.ts';
import { withRun } from '../run/with-run.ts';
import { scan } from '../stage/scan.ts';
import { stage } from '../stage/stage.ts';

/** Runs the night. Rejects with a Fault that says what happened and what to do; by then the run is closed and reported. */
export const reconcile = (asked: Policy, job: JobServices): Promise<Finished> =>
  withRun(
    asked,
    job,
    async (policy, services) => {
      const staged = await scan(policy, services, stage);
      const planned = await inOnePlan(policy, services, staged, async (compared) => {
        const found = await diff(policy, services, compared);
        await guard(policy, services, found);
        await plan(policy, services, found);
        return found;
      });
      return deliver(policy, services, record, furtherParts(policy, services, planned));
    },
    report,
    async (whole, services) => {
      await confirmFirst(whole, services);
      await checkDirectory(whole, services);
    },
  );
