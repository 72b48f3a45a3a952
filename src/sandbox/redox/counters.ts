/** Counts of requests, for tests. Times are milliseconds of the stand-in's clock. */
export interface Counters {
  readonly tokenRequests: number;
  /** All calls of `/endpoint`. */
  readonly posts: number;
  readonly postTimes: readonly number[];
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Calls of the Platform API. */
  readonly platformRequests: number;
  /** Messages posted and accepted, by event type. Unreadable messages count as neither. */
  readonly postedByEvent: Readonly<Record<string, number>>;
  readonly takenByEvent: Readonly<Record<string, number>>;
  /** Answers of `/endpoint` by status. */
  readonly answersByStatus: Readonly<Record<string, number>>;
}

export class RequestCounters implements Counters {
  tokenRequests = 0;
  platformRequests = 0;
  posts = 0;
  postTimes: number[] = [];
  inFlight = 0;
  maxInFlight = 0;
  postedByEvent: Record<string, number> = {};
  takenByEvent: Record<string, number> = {};
  answersByStatus: Record<string, number> = {};

  postBegins(nowMs: number): void {
    this.posts += 1;
    this.postTimes.push(nowMs);
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
  }

  postEnds(): void {
    this.inFlight -= 1;
  }

  posted(eventType: string): void {
    add(this.postedByEvent, eventType);
  }

  taken(eventType: string): void {
    add(this.takenByEvent, eventType);
  }

  answered(status: number): void {
    add(this.answersByStatus, String(status));
  }

  /** Keeps the calls in flight. */
  clear(): void {
    this.tokenRequests = 0;
    this.platformRequests = 0;
    this.posts = 0;
    this.postTimes = [];
    this.maxInFlight = this.inFlight;
    this.postedByEvent = {};
    this.takenByEvent = {};
    this.answersByStatus = {};
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
