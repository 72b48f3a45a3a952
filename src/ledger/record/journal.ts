/**
 * The journal of a delivery: records each call as `sending` before it is sent, then each try, then the outcome. It writes on the
 * session that holds the lock, so each of its commits proves that the run still holds it (`lock-proof.ts`).
 *
 * Entries that arrive during a commit go into the next one together, at most `batchSize` outcomes of them: a call
 * counts as recorded only when its own commit has returned. A batch that fails is committed entry by entry, so that one bad entry
 * fails alone. Outcomes go before sendings, so one lane's outcome and its next
 * sending fit into one batch. While calls wait for the rate, outcomes wait a moment for the next calls that leave: nothing leaves later for
 * it, and the ledger has a fraction of the commits.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentVersion } from '../../message/document/header.ts';
import type { Session } from '../../postgres/session.ts';
import { type Ask, statement } from '../../postgres/sql-file.ts';
import type { Ledger } from '../ledger.ts';
import type { CallResult } from './call-result.ts';
import { LockProof, type Stamp, stampNow } from '../run/lock-proof.ts';
import { countIn, movePosition } from '../run/position.ts';
import { recordingOf } from './recorded-rows.ts';
import type { Run } from '../run/run.ts';

/** The most calls that are answered and not yet recorded, beside those in flight (the crash tests rely on it). */
const batchSize = 32;

/** The longest wait for more entries, above that of the calls for the rate; a crash during it leaves the waiting outcomes unknown. */
const companyMs = 1_250;

/** So much earlier outcomes are recorded than the rate would be idle: their lanes have calls to prepare. */
const aheadMs = 250;

/** After this many outcomes, and each time they have doubled, the statements are planned again. */
const firstReplan = 64;

interface Sending {
  readonly callId: number;
  /** The MRN that a NewPatient names; null for other events. */
  readonly mrn: string | null;
  /** The version that a VisitPush bears; null for other events. */
  readonly documentVersion: DocumentVersion | null;
}

type Entry = { readonly sending: Sending } | { readonly trying: number } | { readonly result: CallResult };
interface Waiting {
  readonly entry: Entry;
  readonly resolve: (stamp: Stamp) => void;
  readonly reject: (error: unknown) => void;
}

interface JournalOptions {
  /** Called with the ledger's commit count. */
  readonly onCommit?: (commits: number) => void;
  /** How long the waiting calls will use up the rate. Default: 0. */
  readonly busyMs?: () => number;
}

/** Opens the journal of a run: it records each call and its result. `siteTimeZone`: the zone of the dates of refusals. */
export const record = (
  { writer, commits }: Pick<Ledger, 'writer' | 'commits'>,
  run: Run,
  siteTimeZone: string,
  busyMs: () => number,
): Journal => new Journal(writer, run, siteTimeZone, { onCommit: commits.made, busyMs });

export class Journal {
  readonly #writer: Session;
  readonly #run: Run;
  readonly #siteTimeZone: string;
  readonly #onCommit: (commits: number) => void;
  readonly #busyMs: () => number;
  #queue: Waiting[] = [];
  #isFlushing = false;
  /** Ends the wait for more entries. */
  #goOn: () => void = () => undefined;
  #recorded = 0;
  #replanAt = firstReplan;

  /** `siteTimeZone`: the dates of a row's refusals are those of this zone. */
  constructor(writer: Session, run: Run, siteTimeZone: string, options: JournalOptions = {}) {
    this.#writer = writer;
    this.#run = run;
    this.#siteTimeZone = siteTimeZone;
    this.#onCommit = options.onCommit ?? (() => undefined);
    this.#busyMs = options.busyMs ?? (() => 0);
  }

  /** Its first renewal commits `sending`: a byte may leave only then, and only while the proof is fresh. */
  proofFor(sending: Sending): LockProof {
    return new LockProof(
      () => this.#enter({ sending }),
      () => this.#enter({ trying: sending.callId }),
    );
  }

  /** Resolves when the result is committed. */
  async record(result: CallResult): Promise<void> {
    await this.#enter({ result });
  }

  #enter(entry: Entry): Promise<Stamp> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ entry, resolve, reject });
      if (!this.#isFlushing) void this.#flush();
      else if (!('result' in entry) || this.#queue.length >= batchSize) this.#goOn();
    });
  }

  /** Never rejects: a failure rejects the promises of the waiting entries. */
  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#queue.length > 0) {
      await this.#waitForCompany();
      await this.#settle(this.#queue.splice(0, this.#batchLength()));
    }
    this.#isFlushing = false;
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const stamp = stampNow();
      await this.#commit(batch.map(({ entry }) => entry));
      for (const { resolve } of batch) resolve(stamp);
    } catch (error) {
      if (batch.length > 1 && !this.#writer.isLost && !(error instanceof AnotherWriter)) {
        for (const waiting of batch) await this.#settle([waiting]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  /** A call that is to leave waits for none, and what waits ends before the rate is idle. */
  async #waitForCompany(): Promise<void> {
    // One turn of the event loop, so that entries of the same moment share a batch.
    await nextTurn();
    const ms = Math.min(companyMs, this.#busyMs() - aheadMs);
    if (ms <= 0 || this.#queue.some(({ entry }) => !('result' in entry))) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    // The calls of one moment come one by one.
    await nextTurn();
  }

  /**
   * The number of queued entries that contain at most one batch of outcomes. The other entries, which begin calls, are never more than the
   * lanes.
   */
  #batchLength(): number {
    let outcomes = 0;
    const end = this.#queue.findIndex(({ entry }) => 'result' in entry && (outcomes += 1) > batchSize);
    return end === -1 ? this.#queue.length : end;
  }

  async #commit(entries: readonly Entry[]): Promise<void> {
    const results = entries.flatMap((entry) => ('result' in entry ? [entry.result] : []));
    const sendings = entries.flatMap((entry) => ('sending' in entry ? [entry.sending] : []));
    const tries = entries.flatMap((entry) => ('trying' in entry ? [entry.trying] : []));
    const recording = results.length === 0 ? [] : recordingOf(results, this.#run, this.#siteTimeZone);
    const marking = sendings.length === 0 ? [] : [markingOf(sendings)];
    const trying = tries.length === 0 ? [] : [tryingOf(tries)];
    await this.#planAnewWhereGrown(results.length);
    const rows = await this.#writer.transactionOf([...recording, ...marking, ...trying, movePosition]);
    this.#onCommit(countIn(rows.at(-1)));
    const marked = rows[recording.length];
    if (results.length > 0) assertAll('recorded', results.length, rows[0]?.length ?? 0);
    if (sendings.length > 0) assertAll('marked as sending', sendings.length, marked?.length ?? 0);
    if (tries.length > 0) assertAll('noted as tried', tries.length, rows.at(-2)?.length ?? 0);
  }

  /**
   * Postgres keeps the plan of a statement, and in a first load makes it while the tables are empty: it would go on to read them from end to
   * end for each call, and a load of twice the size would take four times as long.
   */
  async #planAnewWhereGrown(results: number): Promise<void> {
    this.#recorded += results;
    if (this.#recorded < this.#replanAt) return;
    this.#replanAt = 2 * this.#recorded;
    await this.#writer.run(statement('ledger/sending/plan_anew'));
  }
}

const markingOf = (sendings: readonly Sending[]): Ask => ({
  statement: statement('ledger/sending/mark_sending'),
  parameters: [
    sendings.map(({ callId }) => String(callId)),
    sendings.map(({ mrn }) => mrn),
    sendings.map(({ documentVersion }) => (documentVersion === null ? null : String(documentVersion.number))),
    sendings.map(({ documentVersion }) => documentVersion?.madeAt.toISOString() ?? null),
  ],
});

const tryingOf = (callIds: readonly number[]): Ask => ({
  statement: statement('ledger/sending/note_try'),
  parameters: [callIds.map(String)],
});

/** The batch was committed, and found calls in another state. */
class AnotherWriter extends Error {}

/** A call in an unexpected state was changed by another process: stop before it is sent twice. */
function assertAll(what: string, expected: number, found: number): void {
  if (found !== expected) {
    throw new AnotherWriter(
      `${expected} calls should have been ${what}, and ${found} were: another process works on this run`,
    );
  }
}
