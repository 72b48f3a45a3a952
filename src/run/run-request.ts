import type { Config } from '../config/config.ts';
import type { JsonObject } from '../json.ts';
import type { Log } from '../log/log.ts';
import type { Secret } from '../secret.ts';
import type { Scope } from './scope.ts';

/** What every job that takes the lock needs. */
export interface RunRequest {
  readonly job: string;
  readonly config: Config;
  /** Where the ledger is; for an embedded one, where it runs. */
  readonly ledgerUrl: Secret;
  /** `changes` reads from the watermark on; without one it becomes a sweep. */
  readonly scope: Scope | 'changes';
  /** Store the plan, write the reports, send nothing. */
  readonly planOnly: boolean;
  /** Forget everything synced to the former target. */
  readonly newTarget: boolean;
  /** The requested options, without ids, for the record. */
  readonly options: JsonObject;
  readonly log: Log;
  /** Aborted: start nothing new, finish and record what is under way, close the run as stopped. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Overrides the default; for tests. */
  readonly linesPerChunk?: number;
  /** Characters of rows in memory at once; for tests. */
  readonly pageSize?: number;
  /** The ledger was restored, or lost commits: send again what it may have forgotten. */
  readonly afterRestore?: boolean;
  /** A person approved a change that the guard would refuse. */
  readonly allowLargeChange?: boolean;
}
