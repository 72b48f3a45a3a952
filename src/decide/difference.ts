/**
 * Rows in which EHR and ledger differ, as `sql/ledger/differences.sql` gives them, and what is decided about them. Names are the
 * columns' own.
 */
import type { CallState, EventType } from './call.ts';
import type { Entity } from '../contract/contract.ts';
import type { Fingerprint } from '../message/fingerprint/fingerprint.ts';

/** What the ledger knows of a patient at Redox; the migration says what each means. `held` is Redox's here: it has the patient. */
export type PatientPresence = 'uncertain' | 'present' | 'merge_uncertain' | 'merged';
export type EncounterPresence = 'uncertain' | 'present';

/** Why a call is planned where nothing differs: a call of an earlier run was found in flight, and may arrive after what was sent since. */
export type PlanReason = 'sent_again';

interface DifferenceRow {
  readonly entity_id: string;
  /** False: read only because another row depends on it. */
  readonly asked: boolean;
  readonly lane: string;
  /** The person's turn, the lowest first; 0 where the plan is too small to rank. */
  readonly rank: number;
  /** Since when a call for it is owed; null where none is. */
  readonly open_since: Date | null;
  /** What is known of that call. */
  readonly open_state: CallState | null;
  /** On how many dates Redox refused the row as it is, and has not taken it since. */
  readonly rejected_dates: number;
  /** A person has said to leave the row as it is. */
  readonly is_ignored: boolean;
}

/** Why a patient whom Redox does not hold under this identifier is not told either; what depends on the patient waits. */
export type PatientWait = 'ignored' | 'rejected' | 'unknown';

export interface PatientDifference extends DifferenceRow {
  readonly mrn: string;
  readonly updated_at: Date | null;
  readonly fingerprint: Fingerprint;
  /** Null: Redox was never sent this patient. */
  readonly presence: PatientPresence | null;
  /** The ledger was certain of what Redox had been told. */
  readonly was_certain: boolean;
  readonly mrn_differs: boolean;
  readonly has_former_mrns: boolean;
  /** Identifiers of this patient under which Redox may have no record of its own, and which are nobody else's now. */
  readonly doubtful_mrns: readonly string[];
  readonly row_differs: boolean;
  /** It is to be sent once more, and nobody has asked for it by force. */
  readonly is_sent_again: boolean;
}

export interface MergeDifference extends DifferenceRow {
  readonly survivor_id: string | null;
  readonly fault: 'merge_cycle' | 'merge_without_survivor' | 'survivor_unread' | null;
  /** Of the retired patient. */
  readonly presence: PatientPresence | null;
  /** Into whom Redox was told, or may have been told, that this patient is merged; followed to the end of today's chains. */
  readonly sent_survivor_id: string | null;
  readonly retired_is_live: boolean;
  readonly retired_fingerprint: Fingerprint | null;
  /** Identifiers of the retired patient under which Redox may have no record to merge. */
  readonly doubtful_mrns: readonly string[];
  /** One of the retired patient's identifiers is now that of a patient who has nothing to do with this merge. */
  readonly mrn_is_anothers: boolean;
  /** Of the survivor. */
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
  /** The patient under whom it is told: the end of its own patient's chain. */
  readonly owner_id: string;
  /** Why it cannot be told under anybody; null where it can. */
  readonly owner_fault: string | null;
  /** Of the owner. */
  readonly patient_waits: PatientWait | null;
  readonly presence: EncounterPresence | null;
  /** How many rows each section had when it was last told (`section-rows.ts`); null where that is not known. */
  readonly section_rows: readonly number[] | null;
  /** Keyed digests of those rows, section by section (`fingerprint.ts`); null where they are not known. */
  readonly section_digests: readonly number[] | null;
  readonly was_certain: boolean;
  readonly row_differs: boolean;
  /** It is to be sent once more, and nobody has asked for it by force. */
  readonly is_sent_again: boolean;
  /** Redox has its document under another person than the one it belongs to now. */
  readonly owner_differs: boolean;
}

/** A key whose rows cannot be used. */
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
  | 'unread';

export interface Discrepancy {
  readonly entity: Entity;
  readonly entityId: string;
  readonly patientId: string | null;
  readonly kind: DiscrepancyKind;
  /** The particular case, from a closed list; null where the kind says all. */
  readonly detail: string | null;
  readonly rowUpdatedAt: Date | null;
  /** Of an orphan: the row, so that a person can say to leave it as it is; null of the others. */
  readonly rowFingerprint: Fingerprint | null;
  /** Of what stands still (kind `held`): since when it has been owed, and on how many dates Redox refused it; null of the others. */
  readonly openSince: Date | null;
  readonly rejectedDates: number | null;
}

export interface PlannedCall {
  readonly eventType: EventType;
  readonly entity: Entity;
  readonly entityId: string;
  /** Of whom Redox is told; for a merge the survivor. */
  readonly patientId: string;
  /** Of a visit: its patient in the EHR; null for other entities. */
  readonly rowPatientId: string | null;
  /** Of a NewPatient that brings an identifier back: that identifier; null for the row's own, and for other events. */
  readonly mrn: string | null;
  /** Of a NewPatient under the row's own identifier: that identifier. The plan has checked that it is nobody else's. */
  readonly plannedMrn: string | null;
  readonly lane: string;
  readonly rank: number;
  readonly scannedFingerprint: Fingerprint | null;
  readonly openSince: Date | null;
  /** Null where the row differs, or a person insists. */
  readonly reason: PlanReason | null;
}

/**
 * Every row of the source is exactly one of these (decision 21). `held` is ours here: the row stands still. `unread`: the source has the
 * row, or must still have it, but what this run could read of it is not enough to tell Redox; Redox keeps what it has.
 */
export const rowClasses = ['unchanged', 'due', 'not_due', 'invalid', 'orphan', 'held', 'unread'] as const;
export type RowClass = (typeof rowClasses)[number];

/** What is to be done about one row. */
export interface Decision {
  readonly rowClass: RowClass;
  /** Of a row that is due: Redox was never told it. */
  readonly isNew: boolean;
  readonly discrepancy: Discrepancy | null;
  readonly calls: readonly PlannedCall[];
}
