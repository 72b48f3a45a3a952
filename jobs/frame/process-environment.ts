import type { Environment } from '../../src/config/config.ts';
import type { ListedJob, Terminal } from './job.ts';

/** The environment of a command line: the process in `cli.ts`, a smaller one in tests. */
export interface ProcessEnvironment {
  readonly jobs: readonly ListedJob[];
  readonly environment: Environment;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly signal: AbortSignal;
  /** Started by another job, which has already printed the warnings about the process. */
  readonly isInner?: boolean;
}
