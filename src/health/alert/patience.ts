/** How long a POST of an alert is retried. A file of its own, so that jobs without alerts import little. */
export interface Patience {
  /** The wait before each retry. */
  readonly waitsMs: readonly number[];
  /** Per try, answer included. */
  readonly timeoutMs: number;
}

/** Half a minute at most, because the process waits for it before it exits. */
export const usualPatience: Patience = { waitsMs: [1_000, 4_000], timeoutMs: 8_000 };
