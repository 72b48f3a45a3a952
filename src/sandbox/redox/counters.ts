/** Counts of requests, for tests. Times are milliseconds of the stand-in's clock. */
export class RequestCounters {
  tokenRequests = 0;
  /** Calls of the Platform API. */
  platformRequests = 0;
  /** All calls of `/endpoint`. */
  posts = 0;
  postTimes: number[] = [];
  inFlight = 0;
  maxInFlight = 0;
  /** Messages posted and accepted, by event type. Unreadable messages count as neither. */
  postedByEvent: Record<string, number> = {};
  takenByEvent: Record<string, number> = {};
  /** Answers of `/endpoint` by status. */
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

/** What others may read of them. */
export type Counters = Readonly<
  Omit<RequestCounters, 'postBegins' | 'postEnds' | 'posted' | 'taken' | 'answered' | 'clear'>
>;

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
