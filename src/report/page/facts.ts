import type { AttemptResult, EventType } from '../../core/call.ts';
import type { Entity } from '../../core/contract.ts';
import type { DiscrepancyKind } from '../../core/difference.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { overOpenActions } from '../definition.ts';
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
}

export interface PageRun {
  readonly plan_only: boolean;
  readonly failure: string | null;
  readonly refusal: string | null;
  readonly program_version: string;
  /** What the last POST to the directory came to; null where none was made. */
  readonly directory_result: AttemptResult | null;
}

interface Found {
  readonly entity: Entity;
  readonly kind: DiscrepancyKind;
  readonly discrepancies: number;
}

interface ChangedGroup {
  readonly entity: Entity;
  readonly field_group: string;
  readonly changed: number;
}

/** A line of open-actions.csv, and how many there are of its sort and in all. */
export interface OpenLine {
  readonly entity: Entity;
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

const shownNights = 30;

/** `summarised`: the summary, which may still be in the making on another session. */
export async function readFacts(session: Session, runNumber: number, summarised: Promise<Summary>): Promise<PageFacts> {
  const ofRun = <Row extends object>(name: string): Promise<Row[]> =>
    session.run<Row>(statement(`ledger/report/page/${name}`), [runNumber]);
  return {
    run: await session.one<PageRun>(statement('ledger/report/page/run'), [runNumber]),
    found: await ofRun<Found>('found'),
    changedGroups: await ofRun<ChangedGroup>('changed-groups'),
    openLines: await session.run<OpenLine>(overOpenActions('ledger/report/page/open-lines'), [runNumber, shownLines]),
    pace: await ofRun<Pace>('posts'),
    nights: (await session.run<NightTally>(statement('ledger/report/page/nights'), [runNumber, shownNights])).reverse(),
    summary: await summarised,
  };
}
