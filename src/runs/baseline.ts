/**
 * The baseline: fills the ledger from the EHR's current rows and sends nothing, for a site whose copy at Redox exists already.
 * Existing ledger rows stay unchanged. The messages that Redox has are unknown, so the next change of a row is sent.
 */
import { builderOf } from '../message/builder-version.ts';
import { markSynced } from '../ledger/plan/baseline.ts';
import { takeShape } from '../ledger/stage/guard.ts';
import { storeQualityLines } from '../ledger/plan/plan.ts';
import { finishStage } from '../ledger/stage/stage.ts';
import { report } from '../report/reports.ts';
import type { Finished } from '../run/finish.ts';
import type { Policy } from '../run/policy.ts';
import type { JobServices } from '../run/services.ts';
import { timed } from '../run/run-log.ts';
import { withRun } from '../run/with-run.ts';
import { scan } from '../stage/scan.ts';
import { stage } from '../stage/stage.ts';

/** `asOf` of the policy: rows updated and merges made after it are left out and will be sent; null takes all. */
export const baseline = (asked: Policy, job: JobServices): Promise<Finished> =>
  withRun(
    asked,
    job,
    async (policy, services) => {
      const { damage } = await scan(policy, services, stage);
      const { ehr, ledger, run, source, bindAnew } = services;
      const { writer } = ledger;
      const builderVersion = builderOf(policy.config.redox);
      await timed(services, 'baseline', async () => {
        await finishStage(writer, run, { isSweep: true, builderVersion, damage, hasSummaries: ehr.hasSummaries });
        await writer.transaction(async () => {
          if (bindAnew !== null) await bindAnew();
          await markSynced(writer, builderVersion, policy.asOf);
          await takeShape(writer, ehr.shape);
          await storeQualityLines(writer, run, source.qualityLines);
        });
      });
      return 'done';
    },
    report,
  );
