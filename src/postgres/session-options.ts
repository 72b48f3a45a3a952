import type { OurTables } from './database-fault.ts';
import type { Greeting } from './connect/greeting.ts';

export interface SessionOptions {
  /** The name of the server in messages, e.g. `the ledger`. */
  readonly neighbour: string;
  /**
   * Set if the tables and statements are ours: then a syntax or name error is a bug, and a missing right needs a GRANT.
   */
  readonly tables?: OurTables;
  /** Settings for this session beside the pins (`pins.ts`), e.g. `default_transaction_read_only`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: unlimited. */
  readonly statementLimit?: StatementLimit;
  /** True: every value arrives as the text that Postgres printed. False: numbers, booleans and dates are parsed. */
  readonly rawText?: boolean;
  /** True: its answers may pause for minutes, because what takes them waits for something else. It must hold no lock. */
  readonly readsSlowly?: boolean;
  /** Aborting it ends the current work and refuses new work, until `ignoreAbort`; both throw a StoppedFault. */
  readonly stop?: AbortSignal;
  /** Closes the connection if the server is still busy after this time. Default: wait. */
  readonly leaveAfterMs?: number;
  /** Connections that a run uses at once, for the error about a connection limit. Default: 2. */
  readonly needs?: number;
}

export interface StatementLimit {
  /** 0 for none. */
  readonly ms: number;
  /** A shorter limit of the role, the database or the server takes precedence. */
  readonly yields: boolean;
}

/** The limit in milliseconds, given the session's original settings. */
export const limitOf = ({ ms, yields }: StatementLimit, { statementTimeoutMs: theirs }: Greeting): number =>
  yields && theirs > 0 && (ms === 0 || theirs < ms) ? theirs : ms;
