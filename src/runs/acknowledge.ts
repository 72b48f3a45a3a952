/**
 * Acknowledge: records deliveries to Redox by another sender, such as a live feed (decision 5), and sends nothing. A row
 * that was last updated before its delivery counts as synced. Its message is unknown, so its next change is sent. Uncertain
 * lines do not count: sending a row twice is harmless, missing a change is not.
 */
import { UsageFault } from '../fault.ts';
import { builderOf } from '../message/builder-version.ts';
import { type DeliveredLine, landDelivered, type LineCount, takeAcknowledged } from '../ledger/plan/acknowledge.ts';
import { storeQualityLines } from '../ledger/plan/plan.ts';
import { finishStage } from '../ledger/stage/stage.ts';
import { report } from '../report/reports.ts';
import type { Finished } from '../run/finish.ts';
import type { Policy } from '../run/policy.ts';
import type { JobServices } from '../run/services.ts';
import { timed } from '../run/run-log.ts';
import { type Work, withRun } from '../run/with-run.ts';
import { scan } from '../stage/scan.ts';
import { stage } from '../stage/stage.ts';

interface DeliveredFile {
  readonly lines: () => AsyncIterable<DeliveredLine>;
  /** Called once, with the number of lines per result. */
  readonly onCounted: (counts: readonly LineCount[]) => void;
}

/** Rejects with a UsageFault, and acknowledges nothing, if the file or all of its lines are unreadable. */
export function acknowledge(
  asked: Omit<Policy, 'scope'>,
  job: JobServices,
  { lines, onCounted }: DeliveredFile,
): Promise<Finished> {
  // Recorded as `only`: the run decides about the listed rows, although it scans all.
  const policy = { ...asked, scope: { kind: 'only', rows: noRows } } as const;
  const work: Work = async (listed, services) => {
    const { ehr, ledger, run, source } = services;
    const builderVersion = builderOf(listed.config.redox);
    const { writer } = ledger;
    const landed = await landDelivered(writer, lines());
    if (landed.readable === 0) throw nothingReadable(landed.lines, landed.first_fault);
    const { damage } = await scan({ ...listed, scope: { kind: 'sweep' } }, services, stage);
    await timed(services, 'acknowledge', async () => {
      await finishStage(writer, run, { isSweep: true, builderVersion, damage, hasSummaries: ehr.hasSummaries });
      await storeQualityLines(writer, run, source.qualityLines);
      onCounted(await takeAcknowledged(writer, run, builderVersion));
    });
    return 'done';
  };
  return withRun(policy, job, work, report);
}

async function* noRows(): AsyncGenerator<never> {
  // There are none.
}

const nothingReadable = (lines: number, firstFault: number | null): UsageFault =>
  new UsageFault(
    lines === 0
      ? 'The file lists no row, so nothing was acknowledged.'
      : `None of the file's lines (${lines}) has a row and a delivery time; the first fault is in line ${firstFault ?? 1}. ` +
          'entity is patient, merge or encounter; entity_id is its key in the EHR, delivered_at an ISO 8601 time such as ' +
          '2026-03-01T14:00:00-06:00 that is not in the future. Nothing was acknowledged.',
  );
