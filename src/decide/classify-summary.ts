/** Decides what to do about a patient's summary (`classify.ts` has the table of all decisions). */
import {
  type DecisionContext,
  discrepancy,
  heldOrIgnored,
  isInDoubt,
  lossOf,
  notDue,
  sentAgain,
  unread,
} from './decision.ts';
import type { Decision, Discrepancy, DiscrepancyKind, PlannedCall, SummaryDifference } from './difference.ts';
import { holdReasonOf } from './hold-reason.ts';

export function classifySummary(row: SummaryDifference, context: DecisionContext): Decision {
  if (!row.can_be_sent) return notDue;
  if (!row.is_candidate && !row.is_sent_again) return { ...notDue, rowClass: 'unchanged' };
  if (context.isPatientWithheld(row.owner_id)) return unread(row, 'summary', row.owner_id, 'patient_unread');
  if (context.isContentUnread(row.entity_id)) return unread(row, 'summary', row.owner_id, 'section_unread');
  // A change of the patient's rows may have changed what Redox refused, or what a person ignored.
  const unchanged = row.is_touched ? { rejected_dates: 0, is_ignored: false } : {};
  const holdReason = holdReasonOf({ ...row, ...unchanged, patient_waits: null }, context);
  if (holdReason !== null) return heldOrIgnored(row, 'summary', row.owner_id, holdReason);
  const call: PlannedCall = {
    eventType: 'VisitPush',
    entity: 'summary',
    entityId: row.entity_id,
    patientId: row.owner_id,
    rowPatientId: null,
    mrn: null,
    plannedMrn: null,
    lane: row.lane,
    rank: row.rank,
    scannedFingerprint: null,
    openSince: row.open_since,
    reason: null,
  };
  if (!row.is_candidate) return sentAgain(call);
  const isNew = row.presence === null && !isInDoubt(row, context);
  return { rowClass: 'due', isNew, discrepancy: whySummarised(row, context), calls: [call] };
}

/** A candidate is no difference yet: its message may be the same. */
function whySummarised(row: SummaryDifference, context: DecisionContext): Discrepancy | null {
  const because = (kind: DiscrepancyKind, detail: string | null): Discrepancy =>
    discrepancy(row, 'summary', row.owner_id, kind, detail);
  if (isInDoubt(row, context)) return because('forced', 'after_restore');
  const loss = lossOf(row);
  if (loss !== null) return because('undelivered', loss);
  if (row.presence === null || row.presence === 'uncertain') return because('new', null);
  return row.owner_differs ? because('changed', 'owner') : null;
}
