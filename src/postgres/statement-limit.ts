import type { Greeting } from './connect/greeting.ts';

export interface StatementLimit {
  /** 0 for none. */
  readonly ms: number;
  /** A shorter limit of the role, the database or the server takes precedence. */
  readonly yields: boolean;
}

/** The limit in milliseconds, given the session's original settings. */
export const limitOf = ({ ms, yields }: StatementLimit, { statementTimeoutMs: theirs }: Greeting): number =>
  yields && theirs > 0 && (ms === 0 || theirs < ms) ? theirs : ms;
