/** What decisions about all entities have in common. */
import type {
  Decision,
  Discrepancy,
  DiscrepancyKind,
  EncounterDifference,
  MergeDifference,
  PatientDifference,
  PlannedCall,
  SummaryDifference,
} from './difference.ts';
import type { Damage } from './source/source-damage.ts';
import type { HoldPolicy, HoldReason } from './hold-reason.ts';

export interface DecisionContext extends HoldPolicy {
  /**
   * Where `changes` would have started to read; null in runs without a sweep and in the first night, because the
   * watermark cannot have missed a change there.
   */
  readonly watermark: Date | null;
  /** `--after-restore`: uncertain rows that were not owed before are due because of the restore. */
  readonly afterRestore?: boolean;
  readonly damage: Damage;
  /** Was a part of the content of this visit, summary or patient in unreadable lines? */
  readonly isContentUnread: (id: string) => boolean;
  /** Does this patient stay absent at Redox, under the row's MRN, because of that? */
  readonly isPatientWithheld: (patientId: string) => boolean;
}

export const noHold = { rowFingerprint: null, openSince: null, rejectedDates: null } as const;

/** Is the row due only because the ledger was restored? Then it may or may not have changed. */
export const isInDoubt = (
  row: { readonly presence: string | null; readonly was_certain: boolean; readonly open_since: Date | null },
  { afterRestore = false }: DecisionContext,
): boolean => afterRestore && row.presence !== null && !row.was_certain && row.open_since === null;

export const notDue: Decision = { rowClass: 'not_due', isNew: false, discrepancy: null, calls: [] };

/** A row that was not readable enough: it is listed, and Redox keeps its version. */
export const unread = (
  row: { readonly entity_id: string; readonly updated_at?: Date | null },
  entity: Discrepancy['entity'],
  patientId: string | null,
  detail: string,
): Decision => ({
  rowClass: 'unread',
  isNew: false,
  discrepancy: discrepancy(row, entity, patientId, 'unread', detail),
  calls: [],
});

/** The detail of a held row; for an unknown outcome, the kind is enough. */
const holdDetails = { rejected: 'rejected', unknown: null, patient: 'patient_held' } as const;

/** A row with a hold reason is listed as held, or ignored. */
export function heldOrIgnored(
  row: PatientDifference | MergeDifference | EncounterDifference | SummaryDifference,
  entity: Discrepancy['entity'],
  patientId: string,
  holdReason: HoldReason,
  detail?: string,
): Decision {
  if (holdReason === 'ignored') return notDue;
  return {
    rowClass: 'held',
    isNew: false,
    discrepancy: {
      ...discrepancy(row, entity, patientId, 'held', detail ?? holdDetails[holdReason]),
      openSince: row.open_since,
      rejectedDates: holdReason === 'rejected' ? row.rejected_dates : null,
    },
    calls: [],
  };
}

/**
 * `silent_change`: a certain row differs, but its `updated_at` lies before the watermark, so `changes` would have
 * missed it. A row that is already owed was seen before, so it is not silent.
 */
export function kindOf(
  row: PatientDifference | EncounterDifference,
  isAtRedox: boolean,
  { watermark }: DecisionContext,
): DiscrepancyKind {
  if (!isAtRedox) return 'new';
  const isSilent =
    row.open_since === null &&
    row.was_certain &&
    row.row_differs &&
    watermark !== null &&
    row.updated_at !== null &&
    row.updated_at < watermark;
  return isSilent ? 'silent_change' : 'changed';
}

/**
 * Why a row is owed although Redox accepted its message: the log `failed` or is `unseen`, or a merge was processed in another order
 * (`overtaken`). Null for other rows.
 */
export function lossOf({
  open_state,
  open_log_status,
}: Pick<PatientDifference, 'open_state' | 'open_log_status'>): 'failed' | 'unseen' | 'overtaken' | null {
  if (open_state !== 'accepted') return null;
  if (open_log_status === 'succeeded') return 'overtaken';
  return open_log_status === 'unseen' ? 'unseen' : 'failed';
}

export function discrepancy(
  row: { readonly entity_id: string; readonly updated_at?: Date | null },
  entity: Discrepancy['entity'],
  patientId: string | null,
  kind: DiscrepancyKind,
  detail: string | null,
): Discrepancy {
  const rowUpdatedAt = row.updated_at ?? null;
  return { entity, entityId: row.entity_id, patientId, kind, detail, rowUpdatedAt, ...noHold };
}

/** The row is unchanged; the message overwrites anything of an interrupted run that arrived late. */
export const sentAgain = (call: PlannedCall): Decision => ({
  rowClass: 'unchanged',
  isNew: false,
  discrepancy: null,
  calls: [{ ...call, reason: 'sent_again' }],
});

export interface CausedCall extends PlannedCall {
  /** None for a row's further calls, and for a row that is sent again unchanged. */
  readonly cause?: Pick<Discrepancy, 'kind' | 'detail' | 'rowUpdatedAt'> | null;
}

/**
 * The calls of a row, one of which carries the discrepancy that it is to end: the one that sends the row itself, or of MRNs alone the
 * last. So only a discrepancy without a call is stored by itself.
 */
export function callsWithCause({ discrepancy, calls }: Decision): readonly CausedCall[] {
  const isOwn = ({ eventType, mrn }: PlannedCall): boolean => eventType !== 'PatientMerge' && mrn === null;
  const own = calls.findIndex(isOwn);
  const carrier = own === -1 ? calls.length - 1 : own;
  return calls.map((call, index) => ({ ...call, cause: index === carrier ? discrepancy : null }));
}

export const discrepancyAlone = ({ discrepancy, calls }: Decision): readonly Discrepancy[] =>
  discrepancy === null || calls.length > 0 ? [] : [discrepancy];
