import type { AttemptResult, EventType } from '../../decide/call.ts';
import type { Entity } from '../../contract/contract.ts';
import type { DiscrepancyKind } from '../../decide/difference.ts';
import type { Summary } from '../summary.ts';

/** All that a page tells, as the ledger has it: nothing in it can be a patient's value. */
export interface PageFacts {
  readonly summary: Summary;
  readonly run: PageRun;
  readonly found: readonly Found[];
  readonly changedGroups: readonly ChangedGroup[];
  /** At most `shownLines`; every sort of line is among them. */
  readonly openLines: readonly OpenLine[];
  readonly pace: readonly Pace[];
  /** The newest last. */
  readonly nights: readonly NightTally[];
  /** Since when the oldest line for a person has been known; null where none was known before. */
  readonly knownSince: Date | null;
  /** Of a plan that is not sent; null of other runs. */
  readonly plan: PagePlan | null;
  /** Of the site, for its clocks; null where nobody said. */
  readonly timeZone: string | null;
}

export interface PagePlan {
  readonly calls: readonly PlannedCalls[];
  /** Of whom Redox would be told. */
  readonly patients: number;
  /** Of these, whom others could not find by name, birth date and ZIP. */
  readonly unfindable: number;
  /** A visit was pushed before. */
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
  readonly program_version: string;
  /** The contract says when rows were updated; null before the first plan. */
  readonly has_updated_at: boolean | null;
  readonly site_time_zone: string | null;
  /** What the last POST to the directory came to; null where none was made. */
  readonly directory_result: AttemptResult | null;
}

export interface Found {
  readonly entity: Entity;
  readonly kind: DiscrepancyKind;
  readonly discrepancies: number;
}

export interface ChangedGroup {
  readonly entity: Entity;
  readonly field_group: string;
  readonly changed: number;
}

/** A line of open-actions.csv, and how many there are of its sort and in all. */
export interface OpenLine {
  readonly entity: Entity | 'file';
  readonly entity_id: string;
  readonly patient_id: string | null;
  readonly kind: string;
  readonly reason: string | null;
  readonly needs: 'person' | 'next_run';
  readonly is_new: boolean;
  readonly what_to_do: string;
  readonly open_since: Date | null;
  readonly event_type: EventType | null;
  readonly http_status: number | null;
  readonly redox_log_id: string | null;
  readonly detail: string | null;
  readonly lines: number;
  readonly person_lines: number;
  readonly new_person_lines: number;
  readonly sort_lines: number;
  readonly sort_new_lines: number;
  readonly sort_open_since: Date | null;
}

/** POSTs of a span of `seconds`; the line without a beginning is that of the whole run. */
export interface Pace {
  readonly began_at: Date | null;
  readonly seconds: number;
  readonly posts: number;
  readonly median_ms: number;
  readonly p95_ms: number;
  readonly longest_ms: number;
}

/** A night in a few numbers; null where it has not ended. */
export interface NightTally {
  readonly run_id: string;
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

/** As many lines as a page can show and a browser can sort at once; the CSV has all of them. */
export const shownLines = 1000;
