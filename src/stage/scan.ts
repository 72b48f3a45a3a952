import type { Snapshot } from '../ehr/ehr.ts';
import { StoppedFault } from '../fault.ts';
import { rowsOfLastSweep } from '../ledger/run/run.ts';
import { clearStage } from '../ledger/stage/clear-stage.ts';
import { useSweepStage } from '../ledger/stage/sweep.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { logUnknownRows, timed } from '../run/run-log.ts';
import { isSunday, logSameKeys } from '../run/same-keys.ts';

/** Stages rows of a snapshot; `note` counts the lines that came through. */
type Stage<T> = (
  policy: ScopedPolicy,
  services: Services,
  snapshot: Snapshot,
  note: (lines: number) => void,
) => Promise<T>;

/** Scan: one read-only snapshot for everything, so that what is compared fits together. Throws a StoppedFault after a signal. */
export async function scan<T>(policy: ScopedPolicy, services: Services, stage: Stage<T>): Promise<T> {
  const { ehr, ledger, signal } = services;
  const { kind } = policy.scope;
  const staged = await timed(services, 'scan', async ({ expect, note }) => {
    if (kind === 'sweep') {
      expect(await rowsOfLastSweep(ledger.reader));
      await useSweepStage(ledger);
    }
    // The ledger was opened with an empty stage.
    let isClear = true;
    return ehr.snapshot(async (snapshot) => {
      // If a standby cancels the snapshot, it starts again; the rows that the first one staged are cleared.
      if (!isClear) await clearStage(ledger.writer);
      isClear = false;
      return stage(policy, services, snapshot, note);
    });
  });
  if (signal.aborted) throw new StoppedFault();
  if (kind === 'only') await logUnknownRows(services);
  if (kind === 'sweep' && isSunday(services.now(), policy.config.ehr.timeZone)) await logSameKeys(services);
  return staged;
}
