/**
 * Errors that end a job. Every message says what was attempted, what came back and what to do, and contains no patient
 * values.
 */

/** Exit codes of every job (the sysexits numbers where one fits). */
export const exitCodes = {
  done: 0,
  needsPerson: 2,
  stopped: 3,
  usage: 64,
  unavailable: 69,
  bug: 70,
  refused: 75,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Why a job ended, as the log line `job_ended` says it. Programs that start jobs rely on these words. */
export const endReasons = [
  'done',
  'needs_person',
  'already_done',
  'signal',
  'until',
  'max_calls',
  'usage',
  'unavailable',
  'breaker',
  'redox_unavailable',
  'bug',
  'refused',
  'ledger_held',
  'guard',
  'other_target',
  'newer_ledger',
  'older_ledger',
  'lost_commits',
  'stage_lost',
  'plan_unfit',
] as const;
export type EndReason = (typeof endReasons)[number];

/** The end of several jobs together. */
export const worseOf = (one: ExitCode, other: number): ExitCode =>
  Object.values(exitCodes).find((code) => code === Math.max(one, other)) ?? exitCodes.bug;

/** Where nothing more is known than the exit code. */
export const usualReasons: Readonly<Record<ExitCode, EndReason>> = {
  [exitCodes.done]: 'done',
  [exitCodes.needsPerson]: 'needs_person',
  [exitCodes.stopped]: 'signal',
  [exitCodes.usage]: 'usage',
  [exitCodes.unavailable]: 'unavailable',
  [exitCodes.bug]: 'bug',
  [exitCodes.refused]: 'refused',
};

interface FaultOptions extends ErrorOptions {
  /** Where it says more than the exit code. */
  readonly reason?: EndReason;
}

export class Fault extends Error {
  readonly exitCode: ExitCode;
  readonly reason: EndReason;

  constructor(exitCode: ExitCode, message: string, options: FaultOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.reason = options.reason ?? usualReasons[exitCode];
  }
}

/** Bad configuration, contract or usage (exit 64): correct it and start again. */
export class UsageFault extends Fault {
  constructor(message: string, options?: ErrorOptions) {
    super(exitCodes.usage, message, options);
  }
}

/** A neighbour (EHR, ledger, Redox) is unreachable or was lost (exit 69); a later start continues. */
export class NeighbourFault extends Fault {
  constructor(message: string, options?: FaultOptions) {
    super(exitCodes.unavailable, message, options);
  }
}

/**
 * Refused on purpose (exit 75): another run is active, the input is implausible, or the ledger belongs to another
 * target.
 */
export class RefusedFault extends Fault {
  constructor(message: string, options?: FaultOptions) {
    super(exitCodes.refused, message, options);
  }
}

/** A signal stopped the job (exit 3): work in progress is undone or recorded, and the next start continues. */
export class StoppedFault extends Fault {
  constructor(options?: ErrorOptions) {
    super(exitCodes.stopped, 'Stopped by a signal; nothing is lost, and the next start continues.', options);
  }
}

/** Another run holds the ledger's lock (exit 75), which is normal unless `isOverdue`. */
export class LedgerHeldFault extends RefusedFault {
  /** The lock has been held for longer than any night takes, or by something other than a run; a person must look. */
  readonly isOverdue: boolean;

  constructor(message: string, isOverdue: boolean) {
    super(message, { reason: 'ledger_held' });
    this.isOverdue = isOverdue;
  }
}

/** `--once`: an earlier run has done what is due. Ends as that run ended. */
export class AlreadyDoneFault extends Fault {
  constructor(exitCode: ExitCode, message: string) {
    super(exitCode, message, { reason: 'already_done' });
  }
}

/** The circuit breaker stopped the delivery (exit 69) after a series of equal failures. */
export class BreakerFault extends NeighbourFault {
  constructor(message: string) {
    super(message, { reason: 'breaker' });
  }
}

interface DatabaseFaultOptions extends ErrorOptions {
  readonly exitCode?: ExitCode;
  /** The message, less its remedy. */
  readonly sentence?: string;
}

/** Codes of a statement that was cancelled, or ran out of time: of Postgres (SQLSTATE), MySQL and MariaDB. */
const cancelled: ReadonlySet<string> = new Set(['57014', 'ER_QUERY_TIMEOUT', 'ER_STATEMENT_TIMEOUT']);

/** A statement refused by a database. `code` is the SQLSTATE, or the symbol of MySQL's error; the message is free of values. */
export class DatabaseFault extends Fault {
  readonly code: string;
  /** What was refused, less its remedy. */
  readonly sentence: string;

  constructor(message: string, code: string, { sentence, exitCode, ...options }: DatabaseFaultOptions = {}) {
    super(exitCode ?? exitCodes.unavailable, message, options);
    this.code = code;
    this.sentence = sentence ?? message;
  }

  /** The statement was cancelled, or ran out of time. */
  get isTimeout(): boolean {
    return cancelled.has(this.code);
  }
}

/** A result beyond its size limit; its rows are discarded. */
export class TooMuchText extends Error {}
