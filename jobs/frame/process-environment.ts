import type { Environment } from '../../src/config/config.ts';
import type { ListedJob, Terminal } from './job.ts';

/** What a command line runs in: the process in `cli.ts`, something smaller in a test. */
export interface ProcessEnvironment {
  readonly jobs: readonly ListedJob[];
  readonly environment: Environment;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly signal: AbortSignal;
  /** Started by another job, which has already said whatever concerns the process as a whole. */
  readonly isInner?: boolean;
}
