/**
 * Delivers the plan lane by lane, a page at a time. A page's rows are fetched with one short query per entity, while the page
 * before is being sent. The newest row is always sent. Persons with a POST possibly in flight from an interrupted run come after the
 * others, once that time is over. Suspects, persons with calls that may have crashed a run, come last, one at a time.
 */
import type { Config } from '../config/config.ts';
import { Fault, NeighbourFault } from '../fault.ts';
import {
  type Call,
  type LaneChoice,
  beginAlone,
  clearSuspect,
  PageNotes,
  readSuspects,
  type Suspect,
} from '../ledger/record/calls.ts';
import { readLedgerClock } from '../ledger/run/ledger-session.ts';
import { readInFlight, waitOut } from '../ledger/record/in-flight.ts';
import type { Journal } from '../ledger/record/journal.ts';
import type { RedoxClient } from '../redox/client.ts';
import { openPreflight } from '../redox/preflight.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { messageContextOf } from '../run/target.ts';
import { type BeforePage, knownOf, lanesIn, pageLimits, type PageLimits, pages } from './call-pages.ts';
import { Lane, type LaneTools } from './lane.ts';
import { LaneFacts, type Known } from './lane-facts.ts';
import type { FurtherCalls } from './further-calls.ts';
import { CallPreparer } from './prepare-call.ts';
import { openTurns } from '../async/bounded.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';

/**
 * Lanes under way beside the calls in flight: while one waits for a commit or a retry, another sends. Each may be `sending`, so a
 * crash can leave this many calls uncertain beyond `CONCURRENCY`: one commit batch. A call that waits for the rate is not `sending` yet; at
 * Redox's 25 calls a second those of one second wait for the commit of their outcomes, and those of the next for the rate.
 */
const lanesBeside = ({ concurrency, rateLimit }: Pick<Config, 'concurrency' | 'rateLimit'>): number =>
  Math.min(rateLimit === null ? 32 : 48, 3 * concurrency);

interface Delivery {
  readonly redox: RedoxClient;
  readonly journal: Journal;
  /** Aborted: start nothing new, finish and record what is under way. A failure here aborts it too. */
  readonly stop: AbortController;
  readonly onResult: LaneTools['onResult'];
  readonly budget: CallBudget;
  readonly further: FurtherCalls;
}

export interface CallBudget {
  /** Whether one more call may start. */
  readonly take: () => boolean;
  /** A call was left for want of it. */
  readonly isSpent: () => boolean;
}

/** Sends what is planned. Resolves when everything is recorded, or when it was to stop and what was under way is recorded. */
export async function sendLanes(policy: ScopedPolicy, services: Services, delivery: Delivery): Promise<void> {
  const { ledger, run } = services;
  const { config } = policy;
  const limits = pageLimits(config.documentSizeLimitBytes, policy.pageSize);
  const tools = toolsOf(policy, services, delivery, await readLedgerClock(ledger.reader));
  const { signal } = tools;
  const most = { lanes: config.concurrency + lanesBeside(config), size: limits.lanesSize };
  const lanes = new LanePool(most, tools, delivery.stop);
  const notes = new PageNotes(ledger.writer, run);
  try {
    await sendInOrder(services, { lanes, notes, limits, signal, areLast: !delivery.further.follow() });
  } catch (error) {
    lanes.fail(error);
  }
  try {
    await lanes.finish();
  } catch (error) {
    // After a bug the pages stay noted: the same row may trigger it again.
    if (error instanceof Fault) await notes.end(false).catch(() => undefined);
    throw error;
  }
  if (ledger.writer.isLost) throw lostLedger();
  await notes.end(run.mode === 'sweep' && !signal.aborted && !delivery.further.leaves());
}

function toolsOf(
  { config, onlyAsPlanned }: ScopedPolicy,
  { ehr, ledger, now }: Services,
  { redox, journal, stop, onResult, budget }: Delivery,
  ledgerNow: () => Date,
): LaneTools {
  const startedAt = now();
  const context = messageContextOf(config, startedAt);
  // Apart from `stop`, which also ends the waits of calls under way: what is within the budget is to be done.
  const spent = new AbortController();
  const signal = AbortSignal.any([stop.signal, spent.signal]);
  return {
    journal,
    redox,
    preparer: new CallPreparer(ledger.fingerprints, context, ehr, startedAt, ledgerNow),
    preflight: openPreflight({ ...config.redox, sizeLimitBytes: config.documentSizeLimitBytes }),
    signal,
    turn: openTurns(),
    isAsPlanned: onlyAsPlanned ? isAsPlanned(ledger.fingerprints) : () => true,
    mayStart: () => {
      if (!budget.take()) spent.abort();
      return !signal.aborted;
    },
    now,
    onResult,
  };
}

interface Sending {
  readonly lanes: LanePool;
  readonly notes: PageNotes;
  readonly limits: PageLimits;
  /** Once aborted, no lane starts. */
  readonly signal: AbortSignal;
  /** No further part of the plan follows. */
  readonly areLast: boolean;
}

/** Starts the lanes of most persons, then of those with calls in flight, then, at the end of all parts, of suspects one at a time. */
async function sendInOrder(services: Services, { lanes, notes, limits, signal, areLast }: Sending): Promise<void> {
  const { ledger, run, log } = services;
  const beforePage: BeforePage = (calls) => notes.begin(calls, lanes.ids());
  const startAll = async (choice: LaneChoice, before?: BeforePage): Promise<void> => {
    for await (const page of pages(services, limits, choice, before)) {
      // A lane that spans two pages goes on where its first calls have led.
      await lanes.whenDone(page.calls[0]?.lane);
      const facts = new LaneFacts(await knownOf(ledger, page));
      for (const calls of lanesIn(page.calls)) {
        if (signal.aborted) return;
        await lanes.start(calls, facts);
      }
      if (signal.aborted) return;
    }
  };
  const sendAlone = async (suspect: Suspect): Promise<void> => {
    await beginAlone(ledger.writer, suspect);
    await startAll({ lanes: [suspect.lane], isTheirs: true });
    await lanes.whenAllDone();
    if (!signal.aborted) await clearSuspect(ledger.writer, suspect);
  };

  const suspects = await readSuspects(ledger.reader, run);
  if (suspects.length > 0) {
    log('calls_alone', { runId: run.id, persons: suspects.length, patientId: suspects.at(-1)?.lane ?? null });
  }
  const inFlight = await readInFlight(ledger.reader, run);
  const isAlone = new Set(suspects.map(({ lane }) => lane));
  await startAll({ lanes: [...inFlight.lanes, ...isAlone], isTheirs: false }, beforePage);
  if (inFlight.lanes.length > 0 && !signal.aborted) {
    log('calls_wait', { runId: run.id, persons: inFlight.lanes.length, ms: Math.ceil(inFlight.leftMs) });
    const waiting = inFlight.lanes.filter((lane) => !isAlone.has(lane));
    if (await waitOut(ledger.reader, inFlight, signal)) await startAll({ lanes: waiting, isTheirs: true }, beforePage);
  }
  await lanes.whenAllDone();
  if (!areLast) return;
  for (const suspect of suspects) if (!signal.aborted) await sendAlone(suspect);
}

const lostLedger = (): NeighbourFault =>
  new NeighbourFault(
    'The connection that holds the ledger’s lock was lost, so no further call was started. Start the job again: it recovers ' +
      'the calls in flight and continues.',
  );

/**
 * Compares the fingerprint of a call's row with the planned one: both are of the same bytes (decision 2). Merges, missing rows
 * and duplicate rows always pass here; the preparer handles them.
 */
const isAsPlanned =
  (fingerprints: Fingerprints) =>
  (call: Call, { rows }: Known): boolean => {
    const line = lineOf(call, rows);
    if (call.scanned_fingerprint === null || line === undefined) return true;
    const entity = call.entity === 'encounter' ? 'encounter' : 'patient';
    return fingerprints.row(entity, Buffer.from(line)) === call.scanned_fingerprint;
  };

function lineOf({ entity, entity_id }: Call, { patients, encounters }: Known['rows']): string | undefined {
  const [row, another] = (entity === 'encounter' ? encounters : patients).get(entity_id) ?? [];
  return another === undefined ? row?.line : undefined;
}

/**
 * The lanes under way. Their number is limited, and so are the characters of their rows, because a waiting message is as large as
 * its rows. `finish` throws the first failure.
 */
class LanePool {
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
