import type { RetryPolicy } from '../decide/retry.ts';
import type { RunRequest } from '../run/run-request.ts';

/** What a job that sends needs besides. */
export interface NightRequest extends RunRequest {
  /** Send also what the ledger says is current. */
  readonly forced: boolean;
  /** Send also what is on hold (`UNKNOWN_OUTCOME=hold`). */
  readonly includesHeld: boolean;
  /** A person approves what the guard would refuse. */
  readonly allowLargeChange: boolean;
  /** Only the plan of a `nightly` or `intraday` moves the watermark, once it goes on to be delivered (decision 12). */
  readonly movesWatermark: boolean;
  /** No call starts after this. */
  readonly until: Date | null;
  readonly maxCalls: number | null;
  /** Overrides the default; for tests. */
  readonly retry?: Partial<RetryPolicy>;
}
