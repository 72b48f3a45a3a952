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
import type { Finished } from '../run/finish.ts';
import type { RunRequest } from '../run/run-request.ts';
import { stage } from '../night/stage/stage.ts';
import { timed } from '../run/tell.ts';
import { withRun } from '../run/with-run.ts';

interface AcknowledgeRequest extends Omit<RunRequest, 'scope' | 'planOnly' | 'newTarget'> {
  readonly lines: () => AsyncIterable<DeliveredLine>;
  /** Called once, with the number of lines per result. */
  readonly onCounted: (counts: readonly LineCount[]) => void;
}

/** Rejects with a UsageFault, and acknowledges nothing, if the file or all of its lines are unreadable. */
export function acknowledge(request: AcknowledgeRequest): Promise<Finished> {
  const { log, signal, lines, onCounted } = request;
  // Recorded as `only`: the run decides about the listed rows, although it scans all.
  const scope = { kind: 'only', rows: noRows } as const;
  const builderVersion = builderOf(request.config.redox);
  const asRun = { ...request, scope, planOnly: false, newTarget: false };

  return withRun(asRun, async ({ ledger, run, ehr, source }) => {
    const { writer } = ledger;
    const landed = await landDelivered(writer, lines());
    if (landed.readable === 0) throw nothingReadable(landed.lines, landed.first_fault);
    const { damage } = await timed(log, run, 'scan', (progress) =>
      stage(ehr, ledger, { ...source, scope: { kind: 'sweep' }, progress, linesPerChunk: request.linesPerChunk }),
    );
    if (signal.aborted) return 'stopped';
    await timed(log, run, 'acknowledge', async () => {
      await finishStage(writer, run, { isSweep: true, builderVersion, damage });
      await storeQualityLines(writer, run, source.qualityLines);
      onCounted(await takeAcknowledged(writer, run, builderVersion));
    });
    return 'done';
  });
}

async function* noRows(): AsyncGenerator<never> {
  // There are none.
}

const nothingReadable = (lines: number, firstFault: number | null): UsageFault =>
  new UsageFault(
    lines === 0
      ? 'The file lists no row, so nothing was acknowledged.'
      : `None of the ${lines} lines of the file names a row and a time at which it was delivered, beginning with line ${firstFault ?? 1}. ` +
          'entity is patient, merge or encounter; entity_id is its key in the EHR, delivered_at an ISO 8601 time such as ' +
          '2026-03-01T14:00:00-06:00 that is not in the future. Nothing was acknowledged.',
  );
