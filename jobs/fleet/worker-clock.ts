import { clockAheadMs, isClockWrong } from '../../src/decide/fleet/clock.ts';
import type { FleetStore } from '../../src/fleet/fleet-store.ts';
import type { JobContext } from '../frame/job.ts';

/** The clock of this machine beside the clock of the fleet database. While they differ, a worker starts nothing: Redox would refuse its tokens. */
export class WorkerClock {
  readonly #store: FleetStore;
  readonly #log: JobContext['log'];
  #aheadMs = 0;

  constructor(store: FleetStore, log: JobContext['log']) {
    this.#store = store;
    this.#log = log;
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  get isWrong(): boolean {
    return isClockWrong(this.#aheadMs);
  }

  /** By the clock of the fleet database, which all workers share. */
  now(): Date {
    return new Date(Date.now() - this.#aheadMs);
  }

  async compare(): Promise<void> {
    const before = Date.now();
    const shared = await this.#store.clock();
    const wasWrong = this.isWrong;
    this.#aheadMs = clockAheadMs(before, shared.getTime(), Date.now());
    if (this.isWrong === wasWrong) return;
    const seconds = Math.round(Math.abs(this.#aheadMs) / 1_000);
    if (wasWrong) this.#log('fleet_clock_right', {});
    else this.#log('fleet_clock_wrong', { seconds, direction: this.#aheadMs > 0 ? 'ahead_of' : 'behind' });
  }
}
