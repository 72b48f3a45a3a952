/**
 * Delivers the plan lane by lane, a page at a time. A page's rows are fetched with one short query per entity, while the page
 * before is being sent. The newest row is always sent. Persons with a POST possibly in flight from an interrupted run come after the
 * others, once that time is over. Suspects, persons with calls that may have crashed a run, come last, one at a time.
 */
import { Fault, NeighbourFault } from '../../fault.ts';
import type { MessageContext } from '../../message/context.ts';
import type { Ehr } from '../../ehr/ehr.ts';
import type { Call, LaneChoice } from '../../ledger/record/calls.ts';
import { readLedgerClock } from '../../ledger/run/clock.ts';
import { type InFlight, readInFlight, waitOut } from '../../ledger/record/in-flight.ts';
import type { CallResult } from '../../ledger/record/call-result.ts';
import { Journal } from '../../ledger/record/journal.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Run } from '../../ledger/run/run.ts';
import { beginAlone, clearSuspect, PageNotes, readSuspects, type Suspect } from '../../ledger/record/suspects.ts';
import type { RedoxClient } from '../../redox/client.ts';
import type { Preflight } from '../../redox/preflight.ts';
import { isAsPlanned } from './as-planned.ts';
import { type BeforePage, knownOf, lanesIn, type PageLimits, pages } from './call-pages.ts';
import { LaneFacts, type LaneTools } from './lane.ts';
import { LanePool } from './lane-pool.ts';
import { CallPreparer } from './prepare-call.ts';
import { openTurns } from '../../async/turns.ts';

/**
 * Lanes under way beside the calls in flight: while one waits for a commit or a retry, another sends. Each may be `sending`, so a
 * crash can leave this many calls uncertain beyond `CONCURRENCY`: one commit batch.
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
  /** Checked before each call; false stops further calls. */
  readonly mayStart: () => boolean;
  /** Only rows that are as they were planned; others are superseded. */
  readonly onlyAsPlanned: boolean;
  readonly now: () => Date;
  readonly onResult: (call: Call, result: CallResult) => void;
  /** Called once the others are under way, when the calls of some persons wait. */
  readonly onWait: (inFlight: InFlight) => void;
  /** Called at the start with the persons sent last, one at a time. */
  readonly onSuspects: (suspects: readonly Suspect[]) => void;
}

/** Sends the planned calls. Resolves when all are recorded; after a stop, when those under way are recorded. */
export async function deliver(options: DeliverOptions): Promise<void> {
  const { ledger, run, concurrency, limits, stop } = options;
  const tools = toolsOf(options, await readLedgerClock(ledger.reader));
  const { signal } = tools;
  const most = { lanes: concurrency + lanesBeside(concurrency), size: limits.pageSize };
  const lanes = new LanePool(most, tools, stop);
  const notes = new PageNotes(ledger.writer, run);
  try {
    await sendInOrder(options, { lanes, notes, signal });
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
  await notes.end(run.mode === 'sweep' && !signal.aborted);
}

function toolsOf(options: DeliverOptions, ledgerNow: () => Date): LaneTools {
  const { ledger, stop } = options;
  // Apart from `stop`, which also ends the waits of calls under way: what is within the budget is to be done.
  const spent = new AbortController();
  const signal = AbortSignal.any([stop.signal, spent.signal]);
  return {
    journal: new Journal(ledger.writer, options.run, options.siteTimeZone, {
      onCommit: ledger.commits.made,
      busyMs: () => options.redox.busyMs(),
    }),
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
}

interface Sending {
  readonly lanes: LanePool;
  readonly notes: PageNotes;
  /** Once aborted, no lane starts. */
  readonly signal: AbortSignal;
}

/** Starts the lanes of most persons, then of those with calls in flight, then of suspects one at a time. */
async function sendInOrder(options: DeliverOptions, { lanes, notes, signal }: Sending): Promise<void> {
  const { ledger, run } = options;
  const beforePage: BeforePage = (calls) => notes.begin(calls, lanes.ids());
  const startAll = async (choice: LaneChoice, before?: BeforePage): Promise<void> => {
    for await (const page of pages(options, choice, before)) {
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
  const sendAlone = async (suspect: Suspect): Promise<void> => {
    await beginAlone(ledger.writer, suspect);
    await startAll({ lanes: [suspect.lane], isTheirs: true });
    await lanes.whenAllDone();
    if (!signal.aborted) await clearSuspect(ledger.writer, suspect);
  };

  const suspects = await readSuspects(ledger.reader, run);
  if (suspects.length > 0) options.onSuspects(suspects);
  const inFlight = await readInFlight(ledger.reader, run);
  const isAlone = new Set(suspects.map(({ lane }) => lane));
  await startAll({ lanes: [...inFlight.lanes, ...isAlone], isTheirs: false }, beforePage);
  if (inFlight.lanes.length > 0 && !signal.aborted) {
    options.onWait(inFlight);
    const waiting = inFlight.lanes.filter((lane) => !isAlone.has(lane));
    if (await waitOut(ledger.reader, inFlight, signal)) await startAll({ lanes: waiting, isTheirs: true }, beforePage);
  }
  await lanes.whenAllDone();
  for (const suspect of suspects) if (!signal.aborted) await sendAlone(suspect);
}

const lostLedger = (): NeighbourFault =>
  new NeighbourFault(
    'The connection that holds the ledger’s lock was lost, so no further call was started. Start the job again: it recovers ' +
      'the calls in flight and continues.',
  );
