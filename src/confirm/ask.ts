/**
 * Asks Redox for the logs of accepted calls: window by window in searches of fifty logs, and then one by one for calls that no search
 * found. Each window is recorded before the next, so an interrupted run has lost nothing.
 */
import { type EventType, eventTypes } from '../decide/call.ts';
import {
  type ConfirmationCounts,
  dataModelOf,
  dataModels,
  type DataModel,
  logStatuses,
  type LogStatus,
  type MessageLog,
  type Window,
} from '../decide/redox/confirmation.ts';
import { NeighbourFault } from '../fault.ts';
import {
  logsAround,
  recordLogs,
  type FoundLog,
  type UnconfirmedCall,
  unconfirmedCalls,
} from '../ledger/record/confirmation.ts';
import type { Session } from '../postgres/session.ts';
import type { Cursor, LogPage } from '../redox/platform/parse-logs.ts';
import { dataModes, type DataMode, type PlatformClient } from '../redox/platform/platform-client.ts';

interface AskedCall {
  readonly callId: number;
  readonly logId: string;
  readonly sentAt: Date;
  readonly acceptedAt: Date;
  readonly ageMs: number;
}

export interface Asking {
  readonly reader: Session;
  readonly writer: Session;
  readonly client: PlatformClient;
  readonly since: Date;
  readonly startedAt: Date;
  readonly confirmWithinMs: number;
  /** True once no further query may start. */
  readonly isOver: () => boolean;
}

export interface Answers {
  readonly counts: Record<keyof ConfirmationCounts, number>;
  readonly windows: Window[];
  /** Calls with a failed log, or without one. */
  readonly unsettled: number[];
  /** False if time ran out. */
  isWhole: boolean;
  /** The window whose logs could not be read. */
  unread: { readonly dataModel: DataModel; readonly calls: number; readonly since: Date } | null;
}

export const noAnswers = (): Answers => ({
  counts: { asked: 0, succeeded: 0, failed: 0, filtered: 0, pending: 0, unseen: 0 },
  windows: [],
  unsettled: [],
  isWhole: true,
  unread: null,
});

/** Calls of a window, at most: at Redox's rate some twenty minutes, so that the margins of its span weigh little. */
const windowCalls = 20_000;
/** A pause between two calls that ends a window. */
const windowPauseMs = 6 * 3_600_000;
/** Other calls so far away show that the search works. */
const aroundMs = 24 * 3_600_000;
/** How far Redox's clock may differ from ours; nights warn from one minute on. */
const clockMarginMs = 2 * 60_000;
/** Other senders' messages fill pages too. */
const mostPagesOf = (calls: number): number => 400 + calls / 10;
/** Answers that wait to be recorded, at most. */
const mostUnrecorded = 2_000;
/** Single logs a run: of calls that no search found, and of failures for their details. */
const mostSingles = 500;
const mostDetails = 40;

/** How Redox's documents spell a data model: messages use the first. */
const spellings: Readonly<Record<DataModel, readonly string[]>> = {
  PatientAdmin: ['PatientAdmin', 'Patient Admin'],
  'Clinical Summary': ['Clinical Summary', 'ClinicalSummary'],
};

/** Fills `answers`, which stay valid if it rejects. */
export async function askForLogs(asking: Asking, answers: Answers): Promise<void> {
  const budget = { singles: mostSingles, details: mostDetails };
  for (const dataModel of dataModels) {
    for (const wasAsked of [false, true]) {
      for await (const page of pagesOf(asking, dataModel, wasAsked)) {
        for (const calls of windowsOf(page)) {
          if (asking.isOver()) {
            answers.isWhole = false;
            return;
          }
          answers.unread = { dataModel, calls: calls.length, since: calls[0]?.acceptedAt ?? asking.startedAt };
          await new WindowAsking(asking, dataModel, calls, budget).ask(answers);
          answers.unread = null;
        }
      }
    }
  }
}

const pagesOf = (
  { reader, since, startedAt }: Asking,
  dataModel: DataModel,
  wasAsked: boolean,
): AsyncGenerator<UnconfirmedCall[]> =>
  unconfirmedCalls(reader, { since, eventTypes: eventsOf(dataModel), wasAsked, askedBefore: startedAt }, windowCalls);

const eventsOf = (dataModel: DataModel): readonly EventType[] =>
  eventTypes.filter((eventType) => dataModelOf(eventType) === dataModel);

function windowsOf(page: readonly UnconfirmedCall[]): readonly (readonly AskedCall[])[] {
  const windows: AskedCall[][] = [];
  for (const call of page.flatMap(askedCall)) {
    const window = windows.at(-1);
    const last = window?.at(-1);
    const isNear = last !== undefined && call.sentAt.getTime() - last.sentAt.getTime() < windowPauseMs;
    if (window !== undefined && isNear) window.push(call);
    else windows.push([call]);
  }
  return windows;
}

const askedCall = ({ call_id, log_id, sending_at, accepted_at, age_ms }: UnconfirmedCall): readonly AskedCall[] =>
  log_id === null || sending_at === null || accepted_at === null
    ? []
    : [{ callId: call_id, logId: log_id, sentAt: sending_at, acceptedAt: accepted_at, ageMs: age_ms }];

/** Only the main search of a window has to succeed: other modes, spellings and pages may not exist. */
const unless =
  (isMain: boolean) =>
  (error: unknown): null => {
    if (isMain || !(error instanceof NeighbourFault)) throw error;
    return null;
  };

/** A log that a later answer may replace before it is recorded. */
interface Found extends FoundLog {
  log: MessageLog;
}

class WindowAsking {
  readonly #asking: Asking;
  readonly #dataModel: DataModel;
  readonly #calls: readonly AskedCall[];
  readonly #budget: { singles: number; details: number };
  /** By log id, which two calls share if Redox answered both with one. */
  readonly #waiting = new Map<string, AskedCall[]>();
  readonly #statuses: Record<LogStatus, number> = { succeeded: 0, failed: 0, filtered: 0, pending: 0 };
  /** Calls whose log failed. Filtered and pending ones may be as many as were sent, so the ledger finds those by itself. */
  readonly #unsettled: number[] = [];
  /** The first failures without a stage. */
  readonly #vague: Found[] = [];
  #unrecorded: Found[] = [];

  constructor(
    asking: Asking,
    dataModel: DataModel,
    calls: readonly AskedCall[],
    budget: { singles: number; details: number },
  ) {
    this.#asking = asking;
    this.#dataModel = dataModel;
    this.#calls = calls;
    this.#budget = budget;
    for (const call of calls) this.#waiting.set(call.logId, [...(this.#waiting.get(call.logId) ?? []), call]);
  }

  async ask(answers: Answers): Promise<void> {
    let missing: ReadonlySet<number> = new Set();
    try {
      for (const dataMode of dataModes) await this.#search(dataMode);
      await this.#readDetails();
      missing = await this.#readSingles();
    } finally {
      await this.#record();
      this.#count(answers, missing);
    }
    if (missing.size > 0) answers.windows.push({ ...(await this.#around()), missing });
  }

  async #record(): Promise<void> {
    const found = this.#unrecorded;
    this.#unrecorded = [];
    await recordLogs(this.#asking.writer, found);
  }

  #around(): Promise<{ readonly asked: number; readonly found: number }> {
    const { writer, since } = this.#asking;
    const { from, to } = this.#span(aroundMs);
    return logsAround(writer, { since, eventTypes: eventsOf(this.#dataModel), from, to });
  }

  #span(marginMs: number): { readonly from: Date; readonly to: Date } {
    const begin = this.#calls.at(0)?.sentAt.getTime() ?? 0;
    const end = Math.max(...this.#calls.map(({ acceptedAt }) => acceptedAt.getTime()));
    return { from: new Date(begin - marginMs), to: new Date(end + marginMs) };
  }

  async #search(dataMode: DataMode): Promise<void> {
    for (const spelling of spellings[this.#dataModel]) {
      if (this.#waiting.size === 0 || (await this.#searchAs(spelling, dataMode)) > 0) return;
    }
  }

  /** The number of logs on its pages, those of others included. */
  async #searchAs(dataModel: string, dataMode: DataMode): Promise<number> {
    const { client, isOver } = this.#asking;
    const range = this.#span(clockMarginMs);
    let cursor: Cursor | null = null;
    let seen = 0;
    for (let pages = 0; pages < mostPagesOf(this.#calls.length) && this.#waiting.size > 0 && !isOver(); pages += 1) {
      const isMain: boolean = dataMode === 'realtime' && dataModel === this.#dataModel && cursor === null;
      const page: LogPage | null = await client.search({ dataModel, dataMode, ...range }, cursor).catch(unless(isMain));
      if (page === null) break;
      for (const log of page.logs) this.#take(log);
      if (this.#unrecorded.length >= mostUnrecorded) await this.#record();
      seen += page.logs.length;
      if (page.next === null || page.logs.length === 0 || page.next.value === cursor?.value) break;
      cursor = page.next;
    }
    return seen;
  }

  #take(log: MessageLog): void {
    for (const { callId } of this.#waiting.get(log.id) ?? []) {
      const found = { callId, log };
      this.#unrecorded.push(found);
      this.#statuses[log.status] += 1;
      if (log.status === 'failed') this.#unsettled.push(callId);
      if (log.status === 'failed' && log.stage === null && this.#vague.length < mostDetails) this.#vague.push(found);
    }
    this.#waiting.delete(log.id);
  }

  /** A search answers without stage and code, which only a log by itself has. */
  async #readDetails(): Promise<void> {
    for (const found of this.#vague) {
      if (this.#budget.details === 0 || this.#asking.isOver()) return;
      this.#budget.details -= 1;
      const whole = await this.#readOne(found.log.id);
      if (whole === null || whole === 'unreadable') continue;
      this.#statuses[found.log.status] -= 1;
      this.#statuses[whole.status] += 1;
      found.log = whole;
      await recordLogs(this.#asking.writer, [found]);
    }
  }

  /** The late calls that have no log, each asked for by itself. */
  async #readSingles(): Promise<ReadonlySet<number>> {
    const missing = new Set<number>();
    for (const [logId, calls] of [...this.#waiting]) {
      if (this.#budget.singles === 0 || this.#asking.isOver()) break;
      this.#budget.singles -= 1;
      const log = await this.#readOne(logId);
      if (log === 'unreadable') break;
      if (log !== null) this.#take(log);
      else for (const { callId, ageMs } of calls) if (ageMs >= this.#asking.confirmWithinMs) missing.add(callId);
    }
    return missing;
  }

  async #readOne(logId: string): Promise<MessageLog | null | 'unreadable'> {
    for (const dataMode of dataModes) {
      const log = await this.#asking.client.log(logId, dataMode);
      // Nothing documents that backfill can be asked for like this.
      if (log !== null && (log !== 'unreadable' || dataMode === 'realtime')) return log;
    }
    return null;
  }

  #count({ counts, unsettled }: Answers, missing: ReadonlySet<number>): void {
    counts.asked += this.#calls.length;
    counts.unseen += missing.size;
    counts.pending += [...this.#waiting.values()].flat().length - missing.size;
    unsettled.push(...missing, ...this.#unsettled);
    for (const status of logStatuses) counts[status] += this.#statuses[status];
  }
}
