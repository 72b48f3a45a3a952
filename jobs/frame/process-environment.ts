import type { Environment } from '../../src/config/config.ts';
import type { ExitCode } from '../../src/fault.ts';
import type { ListedJob, Terminal } from './job.ts';

/** Logs that the job ended with that exit code, and returns the one of the process. */
export type Abandon = (exitCode: ExitCode) => ExitCode;

/** The environment of a command line: the process in `cli.ts`, a smaller one in tests. */
export interface ProcessEnvironment {
  readonly jobs: readonly ListedJob[];
  readonly environment: Environment;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly signal: AbortSignal;
  /** Sets how long the process may take to end after the signal. */
  readonly allowShutdown?: (ms: number) => void;
  /** Started by another job, which has already printed the warnings about the process. */
  readonly isInner?: boolean;
  /** Receives how to end the job's log if the process has to exit first. */
  readonly onAbandon?: (abandon: Abandon) => void;
}
