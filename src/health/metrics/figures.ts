/** The figures for Prometheus. They contain no ids, because each id would become a series. */
import type { EventType } from '../../decide/call.ts';
import type { Subject } from '../../contract/contract.ts';
import type { SiteState } from '../../decide/health.ts';

export interface Figures {
  readonly state: SiteState;
  readonly jobs: readonly JobFigures[];
  readonly cleanNight: Date | null;
  readonly watermark: Date | null;
  readonly openCalls: readonly { readonly event_type: EventType; readonly state: string; readonly calls: number }[];
  /** Null if the ledger could not be read. */
  readonly findability: { readonly patients: number; readonly findable: number; readonly not_judged: number } | null;
}

export interface JobFigures {
  readonly job: string;
  readonly exitCode: number;
  readonly due: Date;
  readonly started: Date;
  readonly ended: Date;
  /** Null if the job ended before it had a run. */
  readonly run: RunFigures | null;
}

export interface RunFigures {
  readonly rows: readonly { readonly entity: Subject; readonly rowClass: string; readonly count: number }[];
  readonly calls: readonly { readonly eventType: EventType; readonly outcome: string; readonly count: number }[];
  readonly latencies: readonly Latency[];
  /** Accepted messages that it asked Redox about, by log status; none if it did not ask. */
  readonly confirmation: readonly { readonly status: string; readonly count: number }[];
  /** Null for a run without an audit. */
  readonly audit: AuditFigures | null;
}

export interface AuditFigures {
  readonly results: readonly {
    readonly entity: 'patient' | 'document';
    readonly result: string;
    readonly count: number;
  }[];
  /** Shares of the assessed patients; null if none was assessed, and the bound of a sample alone. */
  readonly wrongShare: number | null;
  readonly wrongAtMost: number | null;
}

/** Attempts by duration; `at_most` is null above all bounds. */
export interface Latency {
  readonly at_most: number | null;
  readonly attempts: number;
  readonly seconds: number;
}

/** Upper bounds of the histogram, in seconds: from a quick answer to CALL_TIMEOUT. */
export const latencyBoundsS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;
