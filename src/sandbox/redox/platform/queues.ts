import * as z from 'zod';
import type { Objection } from '../repository.ts';
import type { LogBook, LogFailure, MessageLog } from './message-log.ts';

/** How messages travel from their 200 to the repository: one queue per data model, first in, first out. */
export const travel = z.strictObject({
  /** Default false: the repository answers at once, and its objection is the answer. */
  isQueued: z.boolean().optional(),
  delayMs: z.int().nonnegative().optional(),
  /** `newest_first` plays parallel processing. */
  order: z.enum(['oldest_first', 'newest_first']).optional(),
  /** Data models with a paused queue. */
  paused: z.array(z.string()).optional(),
  /** A document that comes after its patient's merge is stored under the retired patient; default: it is refused. */
  storesLate: z.boolean().optional(),
});
export type Travel = z.infer<typeof travel>;

/**
 * What becomes of an accepted message inside Redox.
 *
 *   failed    not stored; its log says so            stuck     not stored yet; the queue stops at it until `resume`
 *   filtered  not stored; its log says so            backfill  stored; its log is found by `dataMode` backfill only
 *   lost      not stored; its log says `succeeded`   hidden    stored; it has no log
 *   unseen    not stored; it has no log
 */
export const fates = ['failed', 'filtered', 'lost', 'unseen', 'stuck', 'backfill', 'hidden'] as const;
export interface Fate {
  readonly fate: (typeof fates)[number];
  readonly stage?: string | undefined;
  readonly code?: string | undefined;
  readonly text?: string | undefined;
}

interface Parcel {
  readonly log: MessageLog;
  readonly apply: () => Objection;
  fate: Fate | null;
}

/** Processes due messages at each look, so no timer is needed. */
export class Queues {
  readonly #book: LogBook;
  readonly #now: () => Date;
  readonly #lines = new Map<string, Parcel[]>();
  readonly #stuck = new Set<string>();
  #travel: Travel = {};
  #lastEndMs = 0;

  constructor(book: LogBook, now: () => Date) {
    this.#book = book;
    this.#now = now;
  }

  isFree(dataModel: string): boolean {
    return this.#travel.isQueued !== true && this.#lineOf(dataModel).length === 0;
  }

  get storesLate(): boolean {
    return this.#travel.storesLate === true;
  }

  set(settings: Travel): void {
    this.settle();
    this.#travel = settings;
    this.settle();
  }

  /** Mends what stops the queues, as a person does in the dashboard. */
  resume(): void {
    for (const parcel of [...this.#lines.values()].flat()) {
      if (parcel.fate?.fate === 'stuck') parcel.fate = null;
    }
    this.#stuck.clear();
    this.settle();
  }

  send(log: MessageLog, apply: () => Objection, fate: Fate | null): void {
    this.#book.add(log);
    this.#lineOf(log.dataModel).push({ log, apply, fate });
    this.settle();
  }

  settle(): void {
    for (const [dataModel, line] of this.#lines) this.#settleLine(dataModel, line);
  }

  clear(): void {
    this.#lines.clear();
    this.#stuck.clear();
    this.#travel = {};
  }

  #settleLine(dataModel: string, line: Parcel[]): void {
    const { delayMs = 0, order, paused = [] } = this.#travel;
    while (line.length > 0 && !paused.includes(dataModel) && !this.#stuck.has(dataModel)) {
      const at = order === 'newest_first' ? line.length - 1 : 0;
      const parcel = line[at];
      if (parcel === undefined || this.#now().getTime() - parcel.log.createdAt.getTime() < delayMs) return;
      if (parcel.fate?.fate === 'stuck') this.#stuck.add(dataModel);
      else this.#end(...(line.splice(at, 1) as [Parcel]));
    }
  }

  #end({ log, apply, fate }: Parcel): void {
    const isKept = fate === null || fate.fate === 'backfill' || fate.fate === 'hidden';
    const objection = isKept ? apply() : null;
    log.failure = failureOf(fate, objection);
    log.status = log.failure !== null ? 'failed' : fate?.fate === 'filtered' ? 'filtered' : 'succeeded';
    // Each end has a time of its own, so their order can be read from the logs.
    this.#lastEndMs = Math.max(this.#now().getTime(), this.#lastEndMs + 1);
    log.updatedAt = new Date(this.#lastEndMs);
    if (fate?.fate === 'backfill') log.dataMode = 'backfill';
    if (fate?.fate === 'unseen' || fate?.fate === 'hidden') this.#book.remove(log.id);
  }

  #lineOf(dataModel: string): Parcel[] {
    let line = this.#lines.get(dataModel);
    if (line === undefined) this.#lines.set(dataModel, (line = []));
    return line;
  }
}

function failureOf(fate: Fate | null, objection: Objection): LogFailure | null {
  if (fate?.fate === 'failed') {
    return {
      stage: fate.stage ?? 'receive-request',
      code: fate.code ?? '500',
      text: fate.text ?? 'The destination failed.',
    };
  }
  if (objection === null) return null;
  return { stage: 'receive-request', code: '400', text: `${objection.path} ${objection.rule}` };
}
