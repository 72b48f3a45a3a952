/** The lanes of a delivery that are under way. */
import type { Call } from '../ledger/record/calls.ts';
import { Lane, type LaneFacts, type LaneTools } from './lane.ts';

/**
 * Lanes under way, at most so many at a time, and at most so many characters of rows: a message that waits for its turn is as large as
 * they are. After a failure none starts; the first failure is what `finish` throws.
 */
export class LanePool {
  readonly #most: { readonly lanes: number; readonly size: number };
  #size = 0;
  readonly #tools: LaneTools;
  readonly #stop: AbortController;
  #failure: { readonly error: unknown } | null = null;
  readonly #running = new Map<string, Promise<void>>();
  /** Tells whoever waits for room that a lane has ended. */
  #ended: () => void = () => undefined;
  /** The last lane of a page may go on in the next one, with what it knows. */
  #last: { readonly id: string; readonly lane: Lane } | null = null;

  constructor(most: { readonly lanes: number; readonly size: number }, tools: LaneTools, stop: AbortController) {
    this.#most = most;
    this.#tools = tools;
    this.#stop = stop;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop.abort('failure');
  }

  /** Resolves when the lane has begun: at once while there is room. */
  async start(calls: readonly Call[], facts: LaneFacts): Promise<void> {
    const id = calls[0]?.lane ?? '';
    const size = facts.largestOf(calls);
    while (!this.#hasRoomFor(size)) await this.#nextEnd();
    this.#size += size;
    const lane = this.#last?.id === id ? this.#last.lane : new Lane();
    this.#last = { id, lane };
    const work = lane
      .work(calls, facts, this.#tools)
      .catch((error: unknown) => {
        this.fail(error);
      })
      .finally(() => {
        this.#running.delete(id);
        this.#size -= size;
        this.#ended();
      });
    this.#running.set(id, work);
  }

  /** What is larger than all that may be under way goes alone. */
  #hasRoomFor(size: number): boolean {
    if (this.#running.size === 0) return true;
    return this.#running.size < this.#most.lanes && this.#size + size <= this.#most.size;
  }

  /** Of all lanes together: to race them all anew for each lane costs more than to start it. */
  #nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** Of all that have begun and are not through. */
  ids(): Iterable<string> {
    return this.#running.keys();
  }

  async whenAllDone(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async whenDone(id: string | undefined): Promise<void> {
    await this.#running.get(id ?? '');
  }

  async finish(): Promise<void> {
    await this.whenAllDone();
    if (this.#failure !== null) throw this.#failure.error;
  }
}
