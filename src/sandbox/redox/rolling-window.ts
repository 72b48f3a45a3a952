/** Counts calls in a rolling window: call n is over the limit while call n − limit is less than a window old. */
export class RollingWindow {
  readonly limit: number;
  readonly #windowMs: number;
  /** A ring of the times at which the last `limit` calls were let through. */
  readonly #times: Float64Array;
  #next = 0;

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.#windowMs = windowMs;
    this.#times = new Float64Array(limit).fill(-Infinity);
  }

  /** True if the call may pass. One that may not does not count, so a caller who waits gets through. */
  admit(nowMs: number): boolean {
    const oldest = this.#times[this.#next] ?? -Infinity;
    if (nowMs - oldest < this.#windowMs) return false;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.limit;
    return true;
  }

  clear(): void {
    this.#times.fill(-Infinity);
  }
}
