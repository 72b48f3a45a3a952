/**
 * THE NIGHT. Start here.
 *
 *   scan → stage → diff → guard → plan → deliver → record → report
 *
 * One direction, no step back. A run is a function of the EHR and the ledger: after an interruption, the next start recovers
 * what was under way and plans afresh. Each step has a room of its name, or a file in one; the decisions are in `src/decide/`, and
 * what each neighbour can do is in its own room.
 */
import { deliver } from '../deliver/deliver.ts';
import { record } from '../ledger/record/journal.ts';
import { diff } from '../plan/diff.ts';
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
      await inOnePlan(policy, services, staged, async (compared) => {
        const found = await diff(policy, services, compared);
        await guard(policy, services, found);
        await plan(policy, services, found);
      });
      return deliver(policy, services, record);
    },
    report,
  );
