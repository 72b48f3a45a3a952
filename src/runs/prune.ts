/**
 * Prune: forgets runs that ended long ago, with their calls, attempts, discrepancies and lines, so that the ledger does not grow for
 * ever. What Redox holds, what is owed and what later runs are compared with is kept, however old (`mark_for_pruning` in `sql/ledger/prune.sql`).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import {
  countKept,
  markForPruning,
  notePruning,
  type Pruned,
  pruned,
  pruneBatch,
  pruneRejections,
} from '../ledger/plan/prune.ts';
import { openRun } from '../ledger/run/run.ts';
import { packageVersion } from '../package-root.ts';
import { report } from '../report/reports.ts';
import type { JobServices } from '../run/services.ts';
import { finish, type Finished } from '../run/finish.ts';
import { logStart } from '../run/run-log.ts';

export interface Pruning {
  readonly config: Pick<Config, 'ledgerKey' | 'ledgerKeyPrevious' | 'reportDir'>;
  readonly keepDays: number;
  /** Removes the report folders of the runs too. */
  readonly removesReports: boolean;
  readonly onPruned: (done: PruneResult) => void;
}

export interface PruneResult {
  readonly endedBefore: Date;
  readonly removed: Readonly<Record<Pruned | 'rejections', number>>;
  /** Runs that ended before and are still needed. */
  readonly kept: number;
  readonly isComplete: boolean;
}

const dayMs = 86_400_000;

/** A run of its own under the lock, so deletions and comparisons never overlap. */
export async function prune(pruning: Pruning, job: JobServices): Promise<Finished> {
  const { config, keepDays, removesReports } = pruning;
  const ledger = await openLedger({ ...config, url: job.ledgerUrl, signal: job.signal });
  try {
    // Pruning checks the signal itself, batch by batch.
    await ledger.finishUnderWay();
    const run = await openRun(ledger.writer, {
      job: 'prune',
      mode: 'none',
      planOnly: false,
      options: { keepDays, removesReports },
      programVersion: packageVersion,
      startedAt: job.now(),
      startsAnew: false,
    });
    const services = { ...job, ledger, run };
    logStart(services);
    return await finish(config.reportDir, services, () => forget(pruning, job, ledger), report);
  } finally {
    await ledger.close();
  }
}

async function forget(
  { keepDays, removesReports, config, onPruned }: Pruning,
  { signal, now }: JobServices,
  { writer }: Ledger,
): Promise<'done' | 'stopped'> {
  const endedBefore = new Date(now().getTime() - keepDays * dayMs);
  const rejections = await pruneRejections(writer, endedBefore);
  const runIds = await markForPruning(writer, endedBefore);
  await notePruning(writer, endedBefore, now());
  if (removesReports) await removeReports(config.reportDir, runIds, signal);
  const removed: Record<Pruned | 'rejections', number> = {
    rejections,
    calls: 0,
    discrepancies: 0,
    'audit-lines': 0,
    'data-quality': 0,
    acknowledged: 0,
    settlements: 0,
    runs: 0,
  };
  for (const what of pruned) {
    while (!signal.aborted) {
      const count = await pruneBatch(writer, what);
      if (count === 0) break;
      removed[what] += count;
    }
  }
  onPruned({ endedBefore, removed, kept: await countKept(writer, endedBefore), isComplete: !signal.aborted });
  return signal.aborted ? 'stopped' : 'done';
}

/** Removes only folders of this ledger's runs: the folder's name is the run's id. */
async function removeReports(reportDir: string, runIds: readonly string[], signal: AbortSignal): Promise<void> {
  for (const runId of runIds) {
    if (signal.aborted) return;
    await rm(join(reportDir, runId), { recursive: true, force: true });
  }
}
