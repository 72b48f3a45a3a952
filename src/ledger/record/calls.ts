/** What a delivery reads: the planned calls in their order, what is known of their rows, and whom an interrupted delivery was at. */
import type { EventType } from '../../decide/call.ts';
import type { Subject } from '../../contract/contract.ts';
import type { EncounterPresence, PatientPresence, PlanReason, SummaryPresence } from '../../decide/difference.ts';
import type { Fingerprint } from '../../message/fingerprint/fingerprint.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';

export interface Call {
  readonly call_id: number;
  readonly rank: number;
  readonly lane: string;
  readonly position: number;
  readonly event_type: EventType;
  readonly entity: Subject;
  readonly entity_id: string;
  readonly patient_id: string;
  /** For a visit: its patient in the EHR as planned; null for other entities. */
  readonly row_patient_id: string | null;
  /** The identifier that a NewPatient brings back; null for the row's own. */
  readonly mrn: string | null;
  /** The row's own identifier that a NewPatient names, as planned. */
  readonly planned_mrn: string | null;
  readonly forced: boolean;
  readonly reason: PlanReason | null;
  readonly scanned_fingerprint: Fingerprint | null;
}

export interface PatientFacts {
  readonly patient_id: string;
  readonly presence: PatientPresence;
  readonly mrn: string;
  readonly former_mrns: readonly string[];
  readonly merged_into: string | null;
  /** True if the last message included the patient's death; null if none was sent. */
  readonly sent_death: boolean | null;
  /** A call of a dead run may arrive after newer ones, so the row is sent again, even unchanged. */
  readonly is_sent_again: boolean;
  readonly message_fingerprint: Fingerprint | null;
  /** Hex digits. */
  readonly group_fingerprints: string | null;
}

export interface EncounterFacts {
  readonly encounter_id: string;
  readonly presence: EncounterPresence;
  readonly patient_id: string;
  readonly filed_under: string;
  /** `VersionNumber` of the push that was sent last. */
  readonly document_version: number;
  /** As of a patient. */
  readonly is_sent_again: boolean;
  readonly message_fingerprint: Fingerprint | null;
  /** Hex digits. */
  readonly group_fingerprints: string | null;
}

export interface SummaryFacts {
  readonly patient_id: string;
  /** Null: never looked at. */
  readonly presence: SummaryPresence | null;
  /** The patient of the last version. */
  readonly content_of: string | null;
  readonly document_version: number;
  /** As of a patient. */
  readonly is_sent_again: boolean;
  readonly message_fingerprint: Fingerprint | null;
  /** Redox has a visit of the patient. */
  readonly has_visit: boolean;
}

/** Which lanes of a run: these, or all but these. */
export interface LaneChoice {
  readonly lanes: readonly string[];
  readonly isTheirs: boolean;
}

export const allLanes: LaneChoice = { lanes: [], isTheirs: false };

/**
 * The planned calls of a run in pages, lane by lane in the order of their ranks. A call that is no longer planned when its page is read is
 * left out. A page ends with a lane, so that a lane is fetched whole; only a lane that fills a page continues in the next.
 */
export async function* plannedCalls(
  reader: Session,
  run: Run,
  firstPageSize: number,
  pageSize: number,
  { lanes, isTheirs }: LaneChoice = allLanes,
): AsyncGenerator<Call[], void, undefined> {
  let last: Call | undefined;
  for (let size = firstPageSize; ; size = pageSize) {
    const found: Call[] = await reader.run<Call>(statement('ledger/deliver/next_calls'), [
      run.number,
      last?.rank ?? null,
      last?.lane ?? null,
      last?.position ?? null,
      last?.call_id ?? null,
      size,
      lanes,
      isTheirs,
    ]);
    const isLast = found.length < size;
    const page = isLast ? found : wholeLanes(found);
    if (page.length > 0) yield page;
    if (isLast) return;
    last = page.at(-1);
  }
}

/** The page up to its last lane, which may continue on the next page; the whole page if it has only one lane. */
function wholeLanes(calls: Call[]): Call[] {
  const lane = calls.at(-1)?.lane;
  const end = calls.findIndex((call) => call.lane === lane);
  return end === 0 ? calls : calls.slice(0, end);
}

export async function patientFacts(reader: Session, ids: readonly string[]): Promise<Map<string, PatientFacts>> {
  const rows = await reader.run<PatientFacts>(statement('ledger/deliver/read_patient_facts'), [ids]);
  return new Map(rows.map((row) => [row.patient_id, row]));
}

export async function encounterFacts(reader: Session, ids: readonly string[]): Promise<Map<string, EncounterFacts>> {
  const rows = await reader.run<EncounterFacts>(statement('ledger/deliver/read_encounter_facts'), [ids]);
  return new Map(rows.map((row) => [row.encounter_id, row]));
}

export async function summaryFacts(reader: Session, ids: readonly string[]): Promise<Map<string, SummaryFacts>> {
  const rows = await reader.run<SummaryFacts>(statement('ledger/summaries/read_summary_facts'), [ids]);
  return new Map(rows.map((row) => [row.patient_id, row]));
}

/**
 * How many milliseconds ago the POSTs of the last window ended, by the ledger's clock, the oldest first. A call that a crash interrupted
 * counts as `triesPerCall` POSTs.
 */
export async function recentAttemptAges(session: Session, windowMs: number, triesPerCall: number): Promise<number[]> {
  const rows = await session.run<{ age_ms: number }>(statement('ledger/deliver/read_recent_attempts'), [
    windowMs,
    triesPerCall,
  ]);
  return rows.map(({ age_ms }) => age_ms);
}

/** Takes back what this run has counted against rows for these reasons. */
export async function forgiveRejections(writer: Session, run: Run, reasons: readonly string[]): Promise<void> {
  await writer.run(statement('ledger/outcomes/forgive_rejections'), [run.number, reasons]);
}

/**
 * A person with calls that an interrupted delivery was fetching or building, and who may be the cause. Later runs send these persons last,
 * one at a time, so that each run gets further than the one before.
 */
export interface Suspect {
  readonly lane: string;
  /** Its rows of `suspect`: lanes of the interrupted run. */
  readonly patient_ids: readonly string[];
}

/** In the order in which they are sent. */
export const readSuspects = (reader: Session, run: Run): Promise<Suspect[]> =>
  reader.run<Suspect>(statement('ledger/deliver/find_suspects'), [run.number]);

export async function beginAlone(writer: Session, { patient_ids }: Suspect): Promise<void> {
  await writer.run(statement('ledger/deliver/begin_alone'), [patient_ids]);
}

export async function clearSuspect(writer: Session, { patient_ids }: Suspect): Promise<void> {
  await writer.run(statement('ledger/deliver/clear_suspect'), [patient_ids]);
}

/** Records the persons of the current page and of the one fetched ahead: one write per page. */
export class PageNotes {
  readonly #writer: Session;
  readonly #run: Run;
  #before: readonly string[] = [];
  #isOver = false;

  constructor(writer: Session, run: Run) {
    this.#writer = writer;
    this.#run = run;
  }

  /** Before the rows of a page are fetched. `running`: lanes of earlier pages that are not through. */
  async begin(calls: readonly Call[], running: Iterable<string>): Promise<void> {
    // A page that is fetched ahead may come when the delivery was left.
    if (this.#isOver) return;
    const lanes = calls.map(({ lane }) => lane);
    const all = new Set([...running, ...this.#before, ...lanes]);
    this.#before = lanes;
    await this.#writer.run(statement('ledger/deliver/note_page'), [this.#run.number, [...all]]);
  }

  /** `isAllSent`: nothing that is due is left, of anybody. */
  async end(isAllSent: boolean): Promise<void> {
    this.#isOver = true;
    await this.#writer.run(statement('ledger/deliver/end_pages'), [this.#run.number, isAllSent]);
  }
}
