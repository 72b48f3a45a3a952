/**
 * Proof that this run holds the ledger's lock. The lock belongs to the session that commits. So a commit that records the start of a try
 * proves that the lock was held after its stamp was taken.
 *
 * Both clocks are read: the wall clock continues while the machine is suspended, and the monotonic clock never jumps.
 */
export const proofMs = 2_000;

/** A moment by both clocks, taken before the statement that proves the lock is sent. */
export interface Stamp {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export const stampNow = (): Stamp => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** For the tries of one call: the first renewal begins the call, and each later one notes in the ledger that another try begins. */
export class LockProof {
  #stamp: Stamp | null = null;
  readonly #begin: () => Promise<Stamp>;
  readonly #noteTry: () => Promise<Stamp>;

  constructor(begin: () => Promise<Stamp>, noteTry: () => Promise<Stamp>) {
    this.#begin = begin;
    this.#noteTry = noteTry;
  }

  /** The ledger has noted that the call is being sent. */
  get hasBegun(): boolean {
    return this.#stamp !== null;
  }

  /** False also where a clock was set back. */
  isFresh(): boolean {
    if (this.#stamp === null) return false;
    const now = stampNow();
    return isYoung(now.monotonicMs - this.#stamp.monotonicMs) && isYoung(now.wallMs - this.#stamp.wallMs);
  }

  async renew(): Promise<void> {
    this.#stamp = await (this.#stamp === null ? this.#begin() : this.#noteTry());
  }
}

const isYoung = (ageMs: number): boolean => ageMs >= 0 && ageMs < proofMs;
