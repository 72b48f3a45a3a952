/**
 * Deliver: lane by lane, a page at a time. A page's rows are fetched in one short look at the EHR, one query per entity; the
 * next page is fetched while this one is being sent. What is sent is always the newest row. Persons of whom a run that died may still
 * have a POST under way come last, when that is over.
 */
import { NeighbourFault } from '../core/fault.ts';
import type { MessageContext } from '../core/message/context.ts';
import type { Ehr } from '../ehr/ehr.ts';
import type { Call, LaneChoice } from '../ledger/calls.ts';
import { readLedgerClock } from '../ledger/clock.ts';
import { type InFlight, readInFlight, waitOut } from '../ledger/in-flight.ts';
import { type CallResult, Journal } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Run } from '../ledger/run.ts';
import type { RedoxClient } from '../redox/client.ts';
import type { Preflight } from '../redox/preflight.ts';
import { isAsPlanned } from './as-planned.ts';
import { knownOf, lanesIn, type PageLimits, pages } from './call-pages.ts';
import { Lane, LaneFacts, type LaneTools } from './lane.ts';
import { CallPreparer } from './prepare-call.ts';
import { openTurns } from './turns.ts';

/**
 * Lanes under way beside the calls in flight: while one waits for a commit or a second try, another one sends. Each may be
 * `sending`, so this is also how many more calls than `CONCURRENCY` a crash can leave uncertain: one commit batch.
 */
const lanesBeside = (concurrency: number): number => Math.min(32, 3 * concurrency);

interface DeliverOptions {
  readonly ehr: Ehr;
  readonly ledger: Ledger;
  readonly run: Run;
  readonly redox: RedoxClient;
  readonly preflight: Preflight;
  readonly context: MessageContext;
  readonly siteTimeZone: string;
  readonly limits: PageLimits;
  readonly concurrency: number;
  /** Aborted: start nothing new, finish and record what is under way. A failure here aborts it too. */
  readonly stop: AbortController;
  /** Asked before each call; false: none starts any more. */
  readonly mayStart: () => boolean;
  /** Only rows that are as they were planned; others are superseded. */
  readonly onlyAsPlanned: boolean;
  readonly now: () => Date;
  readonly onResult: (call: Call, result: CallResult) => void;
  /** Told, once the others are under way, that the calls of some persons wait. */
  readonly onWait: (inFlight: InFlight) => void;
}

/** Sends what is planned. Resolves when everything is recorded, or when it was to stop and what was under way is recorded. */
export async function deliver(options: DeliverOptions): Promise<void> {
  const { stop, ledger } = options;
  // Apart from `stop`, which also ends the waits of calls under way: what is within the budget is to be done.
  const spent = new AbortController();
  const signal = AbortSignal.any([stop.signal, spent.signal]);
  const ledgerNow = await readLedgerClock(ledger.reader);
  const tools: LaneTools = {
    journal: new Journal(ledger.writer, options.run, options.siteTimeZone, ledger.commits.made),
    redox: options.redox,
    preparer: new CallPreparer(ledger.fingerprints, options.context, options.ehr, options.now(), ledgerNow),
    preflight: options.preflight,
    signal,
    turn: openTurns(),
    isAsPlanned: options.onlyAsPlanned ? isAsPlanned(ledger.fingerprints) : () => true,
    mayStart: () => {
      if (!options.mayStart()) spent.abort();
      return !signal.aborted;
    },
    now: options.now,
    onResult: options.onResult,
  };
  const most = { lanes: options.concurrency + lanesBeside(options.concurrency), size: options.limits.pageSize };
  const lanes = new LanePool(most, tools, stop);
  const startAll = async (choice: LaneChoice): Promise<void> => {
    for await (const page of pages(options, choice)) {
      // A lane that spans two pages goes on where its first calls have led.
      await lanes.whenDone(page.calls[0]?.lane);
      const facts = new LaneFacts(await knownOf(options, page));
      for (const calls of lanesIn(page.calls)) {
        if (signal.aborted) return;
        await lanes.start(calls, facts);
      }
      if (signal.aborted) return;
    }
  };
  try {
    const inFlight = await readInFlight(ledger.reader, options.run);
    await startAll({ lanes: inFlight.lanes, isTheirs: false });
    if (inFlight.lanes.length > 0 && !signal.aborted) {
      options.onWait(inFlight);
      if (await waitOut(ledger.reader, inFlight, signal)) await startAll({ lanes: inFlight.lanes, isTheirs: true });
    }
  } catch (error) {
    lanes.fail(error);
  }
  await lanes.finish();
  if (ledger.writer.isLost) throw lostLedger();
}

const lostLedger = (): NeighbourFault =>
  new NeighbourFault(
    'The connection that holds the ledger’s lock was lost, so no further call was started. Start the job again: it settles ' +
      'what was under way and goes on.',
  );

/**
 * Lanes under way, at most so many at a time, and at most so many characters of rows: a message that waits for its turn is as large as
 * they are. After a failure none starts; the first failure is what `finish` throws.
 */
class LanePool {
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

  async whenDone(id: string | undefined): Promise<void> {
    await this.#running.get(id ?? '');
  }

  async finish(): Promise<void> {
    await Promise.all(this.#running.values());
    if (this.#failure !== null) throw this.#failure.error;
  }
}
