import type { Ehr } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Run } from '../ledger/run/run.ts';
import type { Log } from '../log/log.ts';
import type { Secret } from '../secret.ts';
import type { PositionFile } from './position-file.ts';
import type { GuardedSource } from './source-reading.ts';

/** What a job gives its run to work with. */
export interface JobServices {
  /** Where the ledger is; for an embedded one, where it runs. */
  readonly ledgerUrl: Secret;
  readonly log: Log;
  /** Aborted: start nothing new, finish and record what is under way, close the run as stopped. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** The same once the ledger is open and the run has begun. */
export interface LedgerServices extends JobServices {
  readonly ledger: Ledger;
  readonly run: Run;
  /**
   * `--new-target`: binds the ledger to the configured target and forgets what was sent to the former one, in the caller's transaction,
   * once the run can no longer be refused. Null if the ledger is bound to it already.
   */
  readonly bindAnew: (() => Promise<void>) | null;
  /** How far the ledger has come, as REPORT_DIR keeps it. */
  readonly position: {
    readonly file: PositionFile;
    /** The runs before this one, the newest last; null where REPORT_DIR knows nothing of this ledger. */
    readonly runs: readonly string[] | null;
  };
}

/** The same once the EHR is open too. */
export interface Services extends LedgerServices {
  readonly ehr: Ehr;
  readonly source: GuardedSource;
}
