import type { Configured, Environment, Part } from '../../src/config/config.ts';
import { type EndReason, exitCodes, type ExitCode } from '../../src/fault.ts';
import type { Log } from '../../src/log/log.ts';
import type { OptionSet, ValuesOf } from './options.ts';

/**
 * A job: one file that opens with its manual and is listed in `all.ts`. The frame (`frame/`) reads the command line, passes the job
 * its context and turns errors into exit codes.
 */
export interface Job<O extends OptionSet = OptionSet> {
  readonly manual: Manual;
  readonly options: O;
  run(context: JobContext, options: ValuesOf<O>): Promise<ExitCode>;
}

export interface ListedJob {
  readonly name: string;
  /** One line in the list of jobs. */
  readonly summary: string;
  readonly load: () => Promise<Job>;
}

/** The text of `redox-reconcile <job> --help`, as sentences; the frame breaks the lines. */
export interface Manual {
  readonly what: string;
  readonly when: string;
  readonly reads: string;
  readonly writes: string;
  /** Is it safe to repeat? */
  readonly repeat: string;
  /** How is it stopped, and what happens then? */
  readonly stop: string;
  readonly exitCodes: readonly ExitCode[];
  readonly examples: readonly string[];
}

export interface JobContext {
  /** The parts of the configuration that the job needs; one fault lists all that is wrong with them. */
  readonly config: <P extends Part>(...parts: readonly P[]) => Configured<P>;
  readonly log: Log;
  /** Aborted by SIGTERM or SIGINT: start nothing new, finish what is under way, close the run as `stopped`. */
  readonly signal: AbortSignal;
  /** Writes a line of the job's result to stdout. */
  readonly print: (line: string) => void;
  /** A person is watching, so notes for people may be printed as well. */
  readonly isHuman: boolean;
  /** The stream of `print`, for jobs that need its width or need to know whether it is a terminal. */
  readonly stdout: Terminal;
  /** Runs another job as the command line would and returns its exit code; its errors are printed by then. */
  readonly start: (argv: readonly string[]) => Promise<ExitCode>;
  readonly environment: Environment;
  /** Dotenv files, the strongest last. */
  readonly envFiles: readonly string[];
  /** How long the job may take to end after the signal, where the usual ten seconds are too short. */
  readonly allowShutdown: (ms: number) => void;
  /** Says why the job is about to end, where the exit code does not. */
  readonly noteReason: (reason: EndReason) => void;
}

export type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Infers the types of the options in a job's `run`. */
export const defineJob = <O extends OptionSet>(job: Job<O>): Job<O> => job;

/** The exit codes of a job that never ends with these. */
export const allBut = (...names: readonly (keyof typeof exitCodes)[]): ExitCode[] =>
  Object.values(exitCodes).filter((code) => names.every((name) => exitCodes[name] !== code));

export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done; the next run sends what is still open, if anything',
  [exitCodes.needsPerson]: 'done, and open-actions.csv has new lines that need a person',
  [exitCodes.stopped]: 'stopped early (signal, --until, --max-calls); the next run continues',
  [exitCodes.usage]: 'bad configuration or usage',
  [exitCodes.unavailable]: 'the EHR, the ledger or Redox could not be reached, or was lost',
  [exitCodes.bug]: 'a bug in redox-reconcile',
  [exitCodes.refused]:
    'refused: another run holds the ledger, the input is implausible, the ledger belongs to another target or a newer release, or the plan to apply is outdated',
};
