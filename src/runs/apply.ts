/**
 * Apply: delivers the stored plan of a `--plan-only` run, for a site where a person reads a plan before it is sent. It is a run of
 * its own with reports of its own: it takes over the plan's calls and delivers those whose rows are unchanged since the plan.
 *
 * A plan that the guard refuses is stored too, so that people can look at it; it may be applied only if it was planned with
 * `--allow-large-change`.
 */
import { type ContractShape, shapeDifferences } from '../contract/contract-shape.ts';
import { RefusedFault, UsageFault } from '../fault.ts';
import { builderOf } from '../message/builder-version.ts';
import { findPlan, type StoredPlan, takeOverPlan } from '../ledger/plan/apply.ts';
import { deliver } from '../deliver/deliver.ts';
import { withdrawUnread } from '../plan/section-watch.ts';
import { record } from '../ledger/record/journal.ts';
import { report } from '../report/reports.ts';
import type { Finished } from '../run/finish.ts';
import type { Policy } from '../run/policy.ts';
import type { JobServices } from '../run/services.ts';
import { timed } from '../run/run-log.ts';
import { type Work, withRun } from '../run/with-run.ts';
import { scan } from '../stage/scan.ts';
import { stageMerges } from '../stage/stage.ts';

/** `planId`: the run that made the plan. Rejects with a Fault that gives the reason, before anything is sent. */
export function apply(asked: Omit<Policy, 'scope'>, job: JobServices, planId: string): Promise<Finished> {
  const work: Work = async (policy, services) => {
    const { ehr, ledger, run } = services;
    const plan = checked(await findPlan(ledger.reader, planId), planId, {
      shape: ehr.shape,
      builderVersion: builderOf(policy.config.redox),
    });
    // Merges have no row to compare, so they are read again: a merge undone since the plan must not be sent.
    await scan(policy, services, stageMerges);
    const holdsUnknown = policy.config.unknownOutcome === 'hold';
    await timed(services, 'plan', async () => {
      await takeOverPlan(ledger.writer, run, plan, holdsUnknown);
      await withdrawUnread(services);
    });
    return deliver(policy, services, record);
  };
  return withRun({ ...asked, scope: { kind: 'open' }, onlyAsPlanned: true }, job, work, report);
}

interface Today {
  readonly shape: ContractShape;
  readonly builderVersion: number;
}

function checked(plan: StoredPlan | null, planId: string, { shape, builderVersion }: Today): StoredPlan {
  const name = JSON.stringify(planId);
  if (plan === null) {
    throw new UsageFault(
      `The ledger has no run ${name}, so there is no plan to apply. \`redox-reconcile status\` lists the newest runs.`,
    );
  }
  if (!plan.plan_only) {
    throw new UsageFault(
      `Run ${name} was not a --plan-only run: it delivered its own plan, or left the rest open for the next run.`,
    );
  }
  if (plan.is_pruned) throw new UsageFault(`The plan of run ${name} was pruned. Plan again with --plan-only.`);
  if (plan.status !== 'done' || plan.builder_version === null) {
    throw new UsageFault(`Run ${name} is ${plan.status}, so it has no plan to apply. Plan again with --plan-only.`);
  }
  if (plan.refusal !== null) {
    throw new RefusedFault(
      `Refused: ${plan.refusal}. Nothing was sent. If everything is right, plan again with --plan-only --allow-large-change, and apply ` +
        'that plan.',
      { reason: 'guard' },
    );
  }
  const { applied_by, overtaken_by } = plan;
  if (applied_by !== null) {
    throw new RefusedFault(
      `The plan of run ${name} was applied already, by run ${applied_by}. Nothing was sent; what that run left open goes with the ` +
        'next nightly, or at once with `redox-reconcile resend`.',
      { reason: 'plan_unfit' },
    );
  }
  if (overtaken_by !== null) {
    throw new RefusedFault(
      `The plan of run ${name} no longer fits: run ${overtaken_by} is newer. Nothing was sent; apply that one if it was ` +
        '--plan-only, or plan again.',
      { reason: 'plan_unfit' },
    );
  }
  if (plan.builder_version !== builderVersion) {
    throw new RefusedFault(
      `The plan of run ${name} was made by another release of redox-reconcile, or under other settings (SEND_SSN, ZIP_FORMAT, NETWORK, DOCUMENT_TYPE), ` +
        'and these build other messages. Nothing was sent; plan again with --plan-only.',
      { reason: 'plan_unfit' },
    );
  }
  const differences = plan.planned_shape === null ? [] : shapeDifferences(plan.planned_shape, shape);
  if (differences.length > 0) {
    throw new RefusedFault(
      `The plan of run ${name} was made with another contract: ${differences.join('; ')}. Nothing was sent; check EHR_CONTRACT, or ` +
        'plan again with --plan-only.',
      { reason: 'plan_unfit' },
    );
  }
  return plan;
}
