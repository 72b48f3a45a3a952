import type { Greeting } from './connect/greeting.ts';

/** How long a statement of a session may take. */
export interface StatementLimit {
  /** 0 for none. */
  readonly ms: number;
  /** A shorter one that role, database or server have set stands. */
  readonly yields: boolean;
}

/** In milliseconds, by what stands in the session before we set anything. */
export const limitOf = ({ ms, yields }: StatementLimit, { statementTimeoutMs: theirs }: Greeting): number =>
  yields && theirs > 0 && (ms === 0 || theirs < ms) ? theirs : ms;
