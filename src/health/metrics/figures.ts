/** What is measured, ready to be shown: no ids, for a label with a patient's id would be a series for each of them. */
import type { EventType } from '../../decide/call.ts';
import type { Entity } from '../../contract/contract.ts';
import type { SiteState } from '../../decide/health.ts';

export interface Figures {
  readonly state: SiteState;
  readonly jobs: readonly JobFigures[];
  readonly cleanNight: Date | null;
  readonly watermark: Date | null;
  readonly openCalls: readonly { readonly event_type: EventType; readonly state: string; readonly calls: number }[];
  /** Null where the ledger could not be read. */
  readonly findability: { readonly patients: number; readonly findable: number; readonly not_judged: number } | null;
}

/** The last time that a job ended. */
export interface JobFigures {
  readonly job: string;
  readonly exitCode: number;
  /** When it was to start. */
  readonly due: Date;
  readonly started: Date;
  readonly ended: Date;
  /** Null where it ended before it had a run. */
  readonly run: RunFigures | null;
}

export interface RunFigures {
  readonly rows: readonly { readonly entity: Entity; readonly rowClass: string; readonly count: number }[];
  readonly calls: readonly { readonly eventType: EventType; readonly outcome: string; readonly count: number }[];
  readonly latencies: readonly Latency[];
}

/** Attempts by how long they took; `at_most` is null for what took longer than all bounds. */
export interface Latency {
  readonly at_most: number | null;
  readonly attempts: number;
  readonly seconds: number;
}

/** Upper bounds of the histogram of attempts, in seconds: from a quick answer to CALL_TIMEOUT. */
export const latencyBoundsS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;
