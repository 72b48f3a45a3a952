import type { AttemptResult, EventType } from '../../decide/call.ts';
import type { Subject } from '../../contract/contract.ts';
import type { DiscrepancyKind } from '../../decide/difference.ts';
import type { AuditTally } from '../text/audit.ts';
import type { Summary } from '../summary.ts';

/** The content of a page, from the ledger, free of patient values. */
export interface PageFacts {
  readonly summary: Summary;
  readonly run: PageRun;
  readonly found: readonly Found[];
  readonly changedGroups: readonly ChangedGroup[];
  /** At most `shownLines`, including every sort of line. */
  readonly openLines: readonly OpenLine[];
  readonly pace: readonly Pace[];
  /** Newest last. */
  readonly nights: readonly NightTally[];
  /** The audits up to this run, newest last; empty for other runs. */
  readonly audits: readonly AuditTally[];
  /** When the oldest line for a person was first found; null if all are new. */
  readonly knownSince: Date | null;
  /** The unsent plan; null for other runs. */
  readonly plan: PagePlan | null;
  /** The site's, for clocks; null if unset. */
  readonly timeZone: string | null;
}

export interface PagePlan {
  readonly calls: readonly PlannedCalls[];
  readonly patients: number;
  /** Those of them that others could not find by name, birth date and ZIP. */
  readonly unfindable: number;
  readonly has_pushed: boolean;
}

export interface PlannedCalls {
  readonly event_type: EventType;
  readonly calls: number;
  readonly new: number;
  readonly changed: number;
}

export interface PageRun {
  readonly plan_only: boolean;
  readonly failure: string | null;
  readonly refusal: string | null;
  /** The contract has `updated_at`; null before the first plan. */
  readonly has_updated_at: boolean | null;
  readonly site_time_zone: string | null;
  /** The result of the last POST to the directory; null before the first. */
  readonly directory_result: AttemptResult | null;
}

export interface Found {
  readonly entity: Subject;
  readonly kind: DiscrepancyKind;
  readonly discrepancies: number;
}

export interface ChangedGroup {
  readonly entity: Subject;
  readonly field_group: string;
  readonly changed: number;
}

/** A line of open-actions.csv, with the totals of its sort and of the file. */
export interface OpenLine {
  readonly entity: Subject | 'file' | 'queue' | 'organization';
  readonly entity_id: string;
  readonly patient_id: string | null;
  readonly kind: string;
  readonly reason: string | null;
  readonly needs: 'person' | 'next_run';
  readonly is_new: boolean;
  readonly what_to_do: string;
  readonly open_since: Date | null;
  readonly event_type: EventType | null;
  readonly redox_log_id: string | null;
  readonly detail: string | null;
  readonly lines: number;
  readonly person_lines: number;
  readonly new_person_lines: number;
  readonly sort_lines: number;
  readonly sort_new_lines: number;
  readonly sort_open_since: Date | null;
}

/** POSTs of a span of `seconds`; a line with a null start covers the whole run. */
export interface Pace {
  readonly began_at: Date | null;
  readonly seconds: number;
  readonly posts: number;
  readonly median_ms: number;
  readonly p95_ms: number;
  readonly longest_ms: number;
}

/** The counts of a night; null until it has ended. */
export interface NightTally {
  readonly mode: string;
  readonly status: string;
  readonly exit_code: number | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly accepted_calls: number | null;
  readonly open_calls: number | null;
  readonly changed_rows: number | null;
  readonly silent_rows: number | null;
}

/** As many lines as a browser can sort at once; the CSV has all of them. */
export const shownLines = 1000;
