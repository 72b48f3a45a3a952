export type LogStatus = 'succeeded' | 'failed' | 'filtered' | 'pending';

/** What Redox records about one accepted message and one destination. */
export interface MessageLog {
  readonly id: string;
  readonly attemptId: string;
  readonly dataModel: string;
  readonly eventType: string;
  readonly sourceId: string | null;
  readonly destinationId: string;
  readonly createdAt: Date;
  readonly type: 'send' | 'request';
  dataMode: 'realtime' | 'backfill';
  status: LogStatus;
  updatedAt: Date;
  failure: LogFailure | null;
}

export interface LogFailure {
  readonly stage: string;
  readonly code: string;
  readonly text: string;
}

export interface LogQuery {
  readonly dataModel: string | null;
  readonly sourceId: string | null;
  readonly destinationId: string | null;
  readonly status: string | null;
  readonly dataMode: string;
  readonly createdAfter: number;
  readonly createdBefore: number;
  readonly updatedAfter: number;
  readonly updatedBefore: number;
}

/** More logs than any test needs; the oldest are dropped. */
const keptLogs = 300_000;

export class LogBook {
  readonly #byId = new Map<string, MessageLog>();
  /** The result of the last search, for its further pages. */
  #found: { readonly query: string; readonly logs: readonly MessageLog[] } = { query: '', logs: [] };

  add(log: MessageLog): void {
    this.#byId.set(log.id, log);
    const [oldest] = this.#byId.size > keptLogs ? this.#byId.keys() : [];
    if (oldest !== undefined) this.#byId.delete(oldest);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  find(id: string): MessageLog | null {
    return this.#byId.get(id) ?? null;
  }

  /** A page of the logs that match, newest first as in the dashboard, and whether more follow. */
  search(
    query: LogQuery,
    from: number,
    count: number,
  ): { readonly logs: readonly MessageLog[]; readonly isLast: boolean } {
    const key = JSON.stringify(query);
    if (from === 0 || this.#found.query !== key) {
      this.#found = { query: key, logs: [...this.#byId.values()].reverse().filter((log) => isWanted(log, query)) };
    }
    const { logs } = this.#found;
    return { logs: logs.slice(from, from + count), isLast: from + count >= logs.length };
  }

  clear(): void {
    this.#byId.clear();
  }
}

const isWanted = (log: MessageLog, query: LogQuery): boolean =>
  log.dataMode === query.dataMode &&
  matches(query.dataModel, log.dataModel) &&
  matches(query.sourceId, log.sourceId) &&
  matches(query.destinationId, log.destinationId) &&
  matches(query.status, log.status) &&
  isWithin(log.createdAt, query.createdAfter, query.createdBefore) &&
  isWithin(log.updatedAt, query.updatedAfter, query.updatedBefore);

const matches = (wanted: string | null, value: string | null): boolean => wanted === null || wanted === value;

const isWithin = (time: Date, from: number, to: number): boolean => time.getTime() >= from && time.getTime() <= to;
