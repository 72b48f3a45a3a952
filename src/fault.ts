/**
 * How a job ends other than well. Every fault is a sentence that a tired person can act on: what was attempted, what
 * came back, what to do. It never holds a patient's value.
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

export class Fault extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** Bad configuration, a bad contract or bad usage (exit 64): mend it and start again. */
export class UsageFault extends Fault {
  constructor(message: string, options?: ErrorOptions) {
    super(exitCodes.usage, message, options);
  }
}

/** A neighbour (EHR, ledger, Redox) cannot be reached or was lost (exit 69): a later start goes on. */
export class NeighbourFault extends Fault {
  constructor(message: string, options?: ErrorOptions) {
    super(exitCodes.unavailable, message, options);
  }
}

/** Refused on purpose (exit 75): another run is going, the input is implausible, the ledger belongs elsewhere. */
export class RefusedFault extends Fault {
  constructor(message: string, options?: ErrorOptions) {
    super(exitCodes.refused, message, options);
  }
}

/** A signal ended the work before its end (exit 3): what was begun is undone or recorded, and the next start goes on. */
export class StoppedFault extends Fault {
  constructor(options?: ErrorOptions) {
    super(
      exitCodes.stopped,
      'Stopped by a signal before it was done; nothing is lost, and the next start goes on.',
      options,
    );
  }
}

/** Another run holds the ledger's lock (exit 75). Nothing is the matter with either, unless `isOverdue`. */
export class LedgerHeldFault extends RefusedFault {
  /** It holds the lock for longer than any night takes, or without being a run: people must look. */
  readonly isOverdue: boolean;

  constructor(message: string, isOverdue: boolean) {
    super(message);
    this.isOverdue = isOverdue;
  }
}

/** The circuit breaker has stopped delivery (exit 69): call after call failed alike. */
export class BreakerFault extends NeighbourFault {}
