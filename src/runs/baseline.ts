/**
 * The baseline: fills the ledger from the EHR's current rows and sends nothing, for a site whose copy at Redox exists already.
 * Existing ledger rows stay unchanged. The messages that Redox has are unknown, so the next change of a row is sent.
 */
import { builderOf } from '../message/builder-version.ts';
import { markSynced } from '../ledger/plan/baseline.ts';
import { takeShape } from '../ledger/stage/guard.ts';
import { storeQualityLines } from '../ledger/plan/plan.ts';
import { finishStage } from '../ledger/stage/stage.ts';
import type { Finished } from '../run/finish.ts';
import type { RunRequest } from '../run/run-request.ts';
import { stage } from '../night/stage/stage.ts';
import { timed } from '../run/tell.ts';
import { withRun } from '../run/with-run.ts';

/** `asOf`: rows updated and merges made after it are left out and will be sent; null takes all. */
export function baseline(request: Omit<RunRequest, 'scope' | 'planOnly'>, asOf: Date | null): Promise<Finished> {
  const { log, signal } = request;
  const scope = { kind: 'sweep' } as const;
  const builderVersion = builderOf(request.config.redox);

  return withRun({ ...request, scope, planOnly: false }, async ({ ledger, run, ehr, source, bindAnew }) => {
    const { damage } = await timed(log, run, 'scan', (progress) =>
      stage(ehr, ledger, { ...source, scope, progress, mergesUntil: asOf, linesPerChunk: request.linesPerChunk }),
    );
    if (signal.aborted) return 'stopped';
    await timed(log, run, 'baseline', async () => {
      await finishStage(ledger.writer, run, { isSweep: true, builderVersion, damage });
      await ledger.writer.transaction(async () => {
        if (bindAnew !== null) await bindAnew();
        await markSynced(ledger.writer, builderVersion, asOf);
        await takeShape(ledger.writer, ehr.shape);
        await storeQualityLines(ledger.writer, run, source.qualityLines);
      });
    });
    return 'done';
  });
}
