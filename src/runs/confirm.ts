/**
 * Confirm as a run of its own: asks Redox what became of accepted messages. If a message was lost, its row is owed again, and the next run
 * that plans sends it.
 */
import { confirm as confirmLogs, type ConfirmPolicy } from '../confirm/confirm.ts';
import type { Finished } from '../run/finish.ts';
import type { LedgerPolicy } from '../run/policy.ts';
import type { JobServices } from '../run/services.ts';
import { report } from '../report/reports.ts';
import { withLedgerRun } from '../run/with-run.ts';

type Confirming = Pick<ConfirmPolicy, 'since' | 'retry'> & {
  readonly config: LedgerPolicy['config'] & ConfirmPolicy['config'];
};

/** Rejects with a NeighbourFault if Redox could not be asked. */
export const confirm = (asked: Confirming, job: JobServices): Promise<Finished> =>
  withLedgerRun(
    { job: 'confirm', mode: 'none', options: { since: asked.since?.toISOString() ?? null }, config: asked.config },
    job,
    (services) => confirmLogs({ ...asked, mostMs: null, listsOwed: true }, services),
    report,
  );
