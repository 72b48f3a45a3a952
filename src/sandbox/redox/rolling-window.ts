/** Counts calls in a rolling window: call n is over the limit while call n − limit is younger than the window. */
export class RollingWindow {
  readonly limit: number;
  readonly #windowMs: number;
  /** A ring of the times of the last `limit` allowed calls. */
  readonly #times: Float64Array;
  #next = 0;

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.#windowMs = windowMs;
    this.#times = new Float64Array(limit).fill(-Infinity);
  }

  /** True if the call may pass. Refused calls do not count, so a waiting caller succeeds. */
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
