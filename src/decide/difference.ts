/**
 * Rows that differ between EHR and ledger, as `sql/ledger/differences.sql` returns them, and the decisions about them.
 * Row fields have the names of the SQL columns.
 */
import type { CallState, EventType } from './call.ts';
import type { Entity, Subject } from '../contract/contract.ts';
import type { LogStatus } from './redox/confirmation.ts';
import type { Fingerprint } from '../message/fingerprint/fingerprint.ts';

/** A patient's presence at Redox according to the ledger; the migration explains each value. */
export type PatientPresence = 'uncertain' | 'present' | 'merge_uncertain' | 'merged';
export type EncounterPresence = 'uncertain' | 'present';
export type SummaryPresence = 'none' | 'uncertain' | 'present';

/**
 * Why a call is planned for an unchanged row: an earlier run's call was found in flight and may arrive after newer
 * messages.
 */
export type PlanReason = 'sent_again';

interface DifferenceRow {
  readonly entity_id: string;
  /** False: the row is read only because another row depends on it. */
  readonly asked: boolean;
  readonly lane: string;
  /** The person's turn, lowest first; 0 where the plan is too small to rank. */
  readonly rank: number;
  /** Since when a call for the row has been owed; null if none is. */
  readonly open_since: Date | null;
  readonly open_state: CallState | null;
  /** For an accepted call that is open again: the status of its log at Redox. */
  readonly open_log_status: LogStatus | 'unseen' | 'unconfirmable' | null;
  /** On how many dates Redox refused the row in its present form. */
  readonly rejected_dates: number;
  /** A person chose `ignore` for this row. */
  readonly is_ignored: boolean;
}

/** Why a patient unknown to Redox under this MRN stays unsent; rows that depend on the patient wait. */
export type PatientWait = 'ignored' | 'rejected' | 'unknown';

export interface PatientDifference extends DifferenceRow {
  readonly mrn: string;
  readonly updated_at: Date | null;
  readonly fingerprint: Fingerprint;
  /** Null: Redox was never sent this patient. */
  readonly presence: PatientPresence | null;
  /** The ledger was certain about what Redox has. */
  readonly was_certain: boolean;
  /** Rows of each file of the patient's own messages when last sent, and their digests; null where unknown. */
  readonly section_rows: readonly number[] | null;
  readonly section_digests: readonly number[] | null;
  readonly mrn_differs: boolean;
  readonly has_former_mrns: boolean;
  /** MRNs of this patient alone that may lack a record of their own at Redox. */
  readonly doubtful_mrns: readonly string[];
  readonly row_differs: boolean;
  /** The row is to be sent again for a reason other than `--force`. */
  readonly is_sent_again: boolean;
}

export interface MergeDifference extends DifferenceRow {
  readonly survivor_id: string | null;
  readonly fault: 'merge_cycle' | 'merge_without_survivor' | 'survivor_unread' | null;
  readonly presence: PatientPresence | null;
  /**
   * The survivor that was sent, or may have been sent, to Redox for this patient; followed to the end of today's
   * chains.
   */
  readonly sent_survivor_id: string | null;
  readonly retired_is_live: boolean;
  readonly retired_fingerprint: Fingerprint | null;
  /** MRNs of the retired patient that may have no record to merge at Redox. */
  readonly doubtful_mrns: readonly string[];
  /** One of the retired patient's MRNs now belongs to a patient outside this merge. */
  readonly mrn_is_anothers: boolean;
  readonly patient_waits: PatientWait | null;
}

export interface UndoneMerge {
  readonly entity_id: string;
  readonly merged_into: string;
  readonly is_live: boolean;
}

export interface EncounterDifference extends DifferenceRow {
  readonly patient_id: string;
  readonly status: 'planned' | 'open' | 'finished' | 'cancelled';
  readonly updated_at: Date | null;
  readonly fingerprint: Fingerprint;
  /** The patient under whom the visit is sent: the end of its own patient's merge chain. */
  readonly owner_id: string;
  /** Why the visit cannot be sent under any patient; null if it can. */
  readonly owner_fault: string | null;
  readonly patient_waits: PatientWait | null;
  readonly presence: EncounterPresence | null;
  /** How many rows each section had when the visit was last sent (`contract/section/rows.ts`); null if unknown. */
  readonly section_rows: readonly number[] | null;
  /** Keyed digests of those rows, one per section (`fingerprint.ts`); null if unknown. */
  readonly section_digests: readonly number[] | null;
  readonly was_certain: boolean;
  readonly row_differs: boolean;
  /** The row is to be sent again for a reason other than `--force`. */
  readonly is_sent_again: boolean;
  /** Redox has the document under another person than its present owner. */
  readonly owner_differs: boolean;
}

/** A summary that the plan looks at. Its content is not scanned: its message decides whether Redox needs it. */
export interface SummaryDifference {
  readonly entity_id: string;
  /** The patient of the message: after a merge the final survivor. */
  readonly owner_id: string;
  readonly lane: string;
  readonly rank: number;
  readonly presence: SummaryPresence | null;
  readonly was_certain: boolean;
  /** The patient, a visit or a merge is due, or the summary is open. */
  readonly is_candidate: boolean;
  /** Redox has another patient's content in it. */
  readonly owner_differs: boolean;
  readonly is_sent_again: boolean;
  /** This plan is the first to find a change of the patient, a visit or a merge. */
  readonly is_touched: boolean;
  /** The patient has a visit at Redox, or gets one; a retired patient's summary may be there. */
  readonly can_be_sent: boolean;
  readonly open_since: Date | null;
  readonly open_state: CallState | null;
  readonly open_log_status: LogStatus | 'unseen' | 'unconfirmable' | null;
  readonly rejected_dates: number;
  readonly is_ignored: boolean;
  /** As of a visit. */
  readonly section_rows: readonly number[] | null;
  readonly section_digests: readonly number[] | null;
}

export interface RowFault {
  readonly entity: Entity;
  readonly entity_id: string;
  readonly fault: string;
  readonly row_count: number;
}

export type DiscrepancyKind =
  | 'new'
  | 'changed'
  | 'silent_change'
  | 'merged'
  | 'merge_undone'
  | 'merge_repointed'
  | 'merge_cycle'
  | 'merge_without_survivor'
  | 'gone'
  | 'orphan'
  | 'cancelled_after_push'
  | 'duplicate_key'
  | 'invalid'
  | 'held'
  | 'forced'
  | 'unread'
  | 'undelivered'
  | 'missing_at_redox'
  | 'differs_at_redox'
  | 'unexpected_at_redox';

export interface Discrepancy {
  readonly entity: Subject;
  readonly entityId: string;
  readonly patientId: string | null;
  readonly kind: DiscrepancyKind;
  /** The particular case, from a closed list; null if the kind is enough. */
  readonly detail: string | null;
  readonly rowUpdatedAt: Date | null;
  /** For an orphan: the row's fingerprint, with which a person may have it ignored; otherwise null. */
  readonly rowFingerprint: Fingerprint | null;
  /** For kind `held`: since when the row has been owed, and on how many dates Redox refused it; otherwise null. */
  readonly openSince: Date | null;
  readonly rejectedDates: number | null;
}

export interface PlannedCall {
  readonly eventType: EventType;
  readonly entity: Subject;
  readonly entityId: string;
  /** The patient that the message is about; for a merge the survivor. */
  readonly patientId: string;
  /** For a visit: its patient in the EHR; otherwise null. */
  readonly rowPatientId: string | null;
  /** For a NewPatient under a former MRN: that MRN; null for the row's own MRN, and for other events. */
  readonly mrn: string | null;
  /** For a NewPatient under the row's own MRN: that MRN. The plan has checked that it belongs to this patient alone. */
  readonly plannedMrn: string | null;
  readonly lane: string;
  readonly rank: number;
  readonly scannedFingerprint: Fingerprint | null;
  readonly openSince: Date | null;
  /** Null where the row differs, or is forced. */
  readonly reason: PlanReason | null;
}

/**
 * Every row of the source is exactly one of these (decision 21). `held`: the row has a hold reason. `unread`: the
 * source has the row, or must still have it, but this run could not read enough of it to send; Redox keeps its version.
 * `waiting`: it is due, and its person's turn is beyond PLAN_AHEAD.
 */
export const rowClasses = ['unchanged', 'due', 'waiting', 'not_due', 'invalid', 'orphan', 'held', 'unread'] as const;
export type RowClass = (typeof rowClasses)[number];

export interface Decision {
  readonly rowClass: RowClass;
  /** For a row that is due: Redox was never sent it. */
  readonly isNew: boolean;
  readonly discrepancy: Discrepancy | null;
  readonly calls: readonly PlannedCall[];
}
