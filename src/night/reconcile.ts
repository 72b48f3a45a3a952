/**
 * THE NIGHT. Start here.
 *
 *   scan → stage → diff → guard → plan → deliver → record → report
 *
 * The steps run in one direction. A run is a function of the EHR and the ledger: after an interruption, the next start
 * recovers the work under way and makes a new plan. The steps are in `stage/`, `plan/` and `deliver/` beside this file, the
 * decisions in `src/decide/`. Each neighbour has a folder: `src/ehr/`, `src/ledger/`, `src/redox/`.
 */
import { deliverIfPlanned, expectDelivery, rehearseIfPlanned } from './deliver/deliver-if-planned.ts';
import { voidAfterRestore } from './plan/after-restore.ts';
import type { Finished } from '../run/finish.ts';
import { holdPolicyOf } from './plan/hold-policy.ts';
import type { NightRequest } from './night-request.ts';
import { plan } from './plan/plan.ts';
import { resolveScope } from '../run/scope.ts';
import { stage } from './stage/stage.ts';
import { messageContextOf } from '../run/target.ts';
import { logUnknownRows, timed } from '../run/tell.ts';
import { withRun } from '../run/with-run.ts';

/** Runs the night. Rejects with a Fault that says what happened and what to do; by then the run is closed and reported. */
export function reconcile(request: NightRequest): Promise<Finished> {
  const { config, log, signal, afterRestore = false } = request;

  return withRun(request, async ({ ledger, run, ehr, source, bindAnew, position }) => {
    const scope = await resolveScope(request.scope, ehr, ledger, run, log, afterRestore);

    // One snapshot of the EHR, fingerprinted on its way to the stage.
    const staged = await timed(log, run, 'scan', (progress) =>
      stage(ehr, ledger, { ...source, scope, progress, linesPerChunk: request.linesPerChunk }),
    );
    if (signal.aborted) return 'stopped';
    if (scope.kind === 'only') await logUnknownRows(log, ledger, run);
    if (afterRestore) {
      const { reportDir, watermarkOverlapMs: overlapMs } = config;
      await voidAfterRestore({ reportDir, overlapMs, log }, ledger, run, position);
    }

    // What differs from the ledger, what is to be done about it, and whether that is plausible. Stored before anything is sent.
    const watermark = request.movesWatermark ? new Date(staged.clock.getTime() - config.watermarkOverlapMs) : null;
    const { refusal } = await timed(log, run, 'plan', (progress) =>
      plan(ledger, run, staged, {
        ...request,
        progress,
        scope,
        holdPolicy: holdPolicyOf({ ...request, includesHeld: request.includesHeld || afterRestore }, scope),
        afterRestore,
        sendsAgain: config.unknownOutcome !== 'hold',
        watermark,
        source,
        limits: config.largeChange,
        bindAnew,
        ehr,
        context: messageContextOf(config.redox, config.ehr, run.startedAt),
        onCalls: request.planOnly ? () => undefined : expectDelivery,
      }),
    );
    if (refusal !== null) log('plan_refused', { runId: run.id, refusal });
    if (request.planOnly)
      return timed(log, run, 'rehearse', (progress) => rehearseIfPlanned(request, ledger, run, ehr, progress));

    // Person by person, each outcome recorded as it comes.
    return timed(log, run, 'deliver', (progress) => deliverIfPlanned(request, ledger, run, ehr, progress));
  });
}
