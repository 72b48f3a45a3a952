/** The lanes of a delivery that are under way. */
import type { Call } from '../ledger/record/calls.ts';
import { Lane, type LaneTools } from './lane.ts';
import type { LaneFacts } from './lane-facts.ts';

/**
 * The lanes under way. Their number is limited, and so are the characters of their rows, because a waiting message is as large as
 * its rows. `finish` throws the first failure.
 */
export class LanePool {
  readonly #most: { readonly lanes: number; readonly size: number };
  #size = 0;
  readonly #tools: LaneTools;
  readonly #stop: AbortController;
  #failure: { readonly error: unknown } | null = null;
  readonly #running = new Map<string, Promise<void>>();
  /** Called when a lane has ended and room is free. */
  #ended: () => void = () => undefined;
  /** The last lane of a page may continue in the next page, with the same state. */
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

  /** A lane above the size limit runs alone. */
  #hasRoomFor(size: number): boolean {
    if (this.#running.size === 0) return true;
    return this.#running.size < this.#most.lanes && this.#size + size <= this.#most.size;
  }

  /** One promise for all lanes: a `Promise.race` per start is slower than the start itself. */
  #nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** The lanes still running. */
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
