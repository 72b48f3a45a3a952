/**
 * Decides what to do about a row that differs between EHR and ledger. There is one pure function per entity; together with the
 * SQL that finds the differences, they make every decision of a run.
 *
 *   patient    Redox never had it, may not have it, or merged it away       → NewPatient
 *              its MRN has changed                                          → NewPatient, PatientMerge from the old MRN
 *              and Redox may lack a record of its own under the old MRN     → NewPatient under the old MRN before these
 *              else                                                         → PatientUpdate
 *              a line of its further content was unreadable                 → unread: listed, and Redox keeps its version
 *   merge      Redox has the retired patient                                → PatientMerge
 *              Redox may not have it                                        → NewPatient while it is a row, PatientMerge
 *              another survivor was sent                                    → NewPatient while it is a row, PatientMerge; else reported
 *   encounter  finished, and its patient can be sent                        → VisitPush under the final survivor
 *              its patient, or a line of its content, was unreadable        → unread: listed, and Redox keeps its version
 *              no longer finished, and Redox has its document               → reported; cancelled: for a person
 *   summary    its patient has a visit at Redox, and a row of theirs is due → VisitPush, if its content has changed
 *              its patient was merged, and Redox may have it                → VisitPush with the survivor's content
 *
 * A row that is due only because of `rerun --force` is `forced`, not changed. A row that is sent again because a call of it was found
 * in flight (`sent_again`) counts as unchanged and is no discrepancy.
 *
 * A row that is due but has a hold reason (`hold-reason.ts`) is held, or ignored.
 *
 * A merge names the final survivor of its chain, so merges are independent of each other. One exception: the patient's row is gone,
 * and Redox may have the patient inside a person who is merged only now (`find_changed_merges`, `lane.ts`).
 */
import type { EventType } from './call.ts';
import { isUnread } from './source/source-damage.ts';
import {
  type DecisionContext,
  discrepancy,
  isInDoubt,
  kindOf,
  heldOrIgnored,
  lossOf,
  notDue,
  noHold,
  sentAgain,
  unread,
} from './decision.ts';
import type {
  Decision,
  Discrepancy,
  DiscrepancyKind,
  EncounterDifference,
  MergeDifference,
  PatientDifference,
  PlannedCall,
  RowFault,
  UndoneMerge,
} from './difference.ts';
import { holdReasonOf } from './hold-reason.ts';

export function classifyPatient(row: PatientDifference, context: DecisionContext): Decision {
  const isAtRedox = row.presence === 'present';
  if (isAtRedox && !row.asked) return notDue;
  if (context.isContentUnread(row.entity_id)) return unread(row, 'patient', row.entity_id, 'section_unread');
  const holdReason = holdReasonOf({ ...row, patient_waits: null }, context);
  if (holdReason !== null) return heldOrIgnored(row, 'patient', row.entity_id, holdReason);
  const call = (eventType: EventType): PlannedCall => ({
    ...patientCall(eventType, row, row.fingerprint),
    plannedMrn: eventType === 'NewPatient' ? row.mrn : null,
  });
  const isNewToRedox = !isAtRedox || row.mrn_differs || row.doubtful_mrns.length > 0;
  const hasOldMrns = row.has_former_mrns || (row.presence !== null && row.mrn_differs);
  const isSynced = !isNewToRedox && !row.row_differs;
  if (isSynced && !hasOldMrns && row.is_sent_again) return sentAgain(call('PatientUpdate'));
  const hasOnlyOldMrns = isSynced && hasOldMrns && !row.is_sent_again;
  const inDoubt = isInDoubt(row, context);
  const isForced = isSynced && !hasOldMrns;
  const loss = lossOf(row);
  return {
    rowClass: 'due',
    isNew: !isAtRedox && !inDoubt,
    discrepancy: discrepancy(
      row,
      'patient',
      row.entity_id,
      isForced || inDoubt ? 'forced' : loss === null ? kindOf(row, isAtRedox, context) : 'undelivered',
      inDoubt ? 'after_restore' : isForced ? null : loss,
    ),
    calls: [
      ...bringBack(row, row.fingerprint),
      ...(hasOnlyOldMrns ? [] : [call(isNewToRedox ? 'NewPatient' : 'PatientUpdate')]),
      ...(hasOldMrns ? [call('PatientMerge')] : []),
    ],
  };
}

export function classifyMerge(row: MergeDifference, context: DecisionContext): Decision {
  if (row.survivor_id === null) {
    if (row.fault === 'survivor_unread') return unread(row, 'merge', null, row.fault);
    return {
      rowClass: row.fault === 'merge_cycle' ? 'invalid' : 'orphan',
      isNew: false,
      discrepancy: discrepancy(row, 'merge', null, row.fault ?? 'merge_without_survivor', null),
      calls: [],
    };
  }
  if (!row.asked) return notDue;
  if (context.isPatientWithheld(row.survivor_id)) return unread(row, 'merge', row.survivor_id, 'survivor_unread');
  const isUncertain = row.presence === 'uncertain' || row.presence === 'merge_uncertain';
  // A call that was due but never sent is still open as planned, or superseded by a person's decision.
  const waits = row.open_state === 'superseded' || row.open_state === 'planned';
  const state = isUncertain && !waits ? 'unknown' : row.open_state;
  const holdReason = holdReasonOf({ ...row, open_state: state }, context);
  if (holdReason !== null) {
    // Redox may never have had the retired patient, and no row is left to create it from.
    const isGone = holdReason === 'rejected' && row.presence === 'uncertain' && !row.retired_is_live;
    return heldOrIgnored(row, 'merge', row.survivor_id, holdReason, isGone ? 'retired_row_gone' : undefined);
  }
  const wasAnotherSent = row.sent_survivor_id !== null && row.sent_survivor_id !== row.survivor_id;
  const kind = wasAnotherSent ? 'merge_repointed' : 'merged';
  if (wasAnotherSent && !row.retired_is_live) {
    // Redox has the patient inside another one, and no row is left to create it from.
    return { ...notDue, discrepancy: discrepancy(row, 'merge', row.survivor_id, kind, 'retired_row_gone') };
  }
  if (row.mrn_is_anothers) {
    return { ...notDue, discrepancy: discrepancy(row, 'merge', row.survivor_id, kind, 'shared_mrn') };
  }
  const inDoubt = isInDoubt({ ...row, was_certain: !isUncertain }, context);
  const loss = lossOf(row);
  return {
    rowClass: 'due',
    isNew: !wasAnotherSent && !inDoubt,
    discrepancy: inDoubt
      ? discrepancy(row, 'merge', row.survivor_id, 'forced', 'after_restore')
      : discrepancy(row, 'merge', row.survivor_id, loss === null ? kind : 'undelivered', loss),
    calls: [
      ...(row.retired_is_live ? bringBack(row, row.retired_fingerprint) : []),
      {
        eventType: 'PatientMerge',
        entity: 'merge',
        entityId: row.entity_id,
        patientId: row.survivor_id,
        rowPatientId: null,
        mrn: null,
        plannedMrn: null,
        lane: row.lane,
        rank: row.rank,
        scannedFingerprint: null,
        openSince: row.open_since,
        reason: null,
      },
    ],
  };
}

/** A merge that the EHR has undone. The patient's own row, if any, is a separate difference. */
export function classifyUndoneMerge(row: UndoneMerge): Discrepancy {
  return {
    entity: 'merge',
    entityId: row.entity_id,
    patientId: row.merged_into,
    kind: 'merge_undone',
    detail: row.is_live ? null : 'retired_row_gone',
    rowUpdatedAt: null,
    ...noHold,
  };
}

export function classifyEncounter(row: EncounterDifference, context: DecisionContext): Decision {
  if (row.status === 'cancelled' && row.presence !== null) {
    return { ...notDue, discrepancy: discrepancy(row, 'encounter', row.owner_id, 'cancelled_after_push', null) };
  }
  if (row.status !== 'finished') {
    // Redox keeps its version until the visit is finished again.
    const isReopened = row.presence !== null;
    return isReopened
      ? { ...notDue, discrepancy: discrepancy(row, 'encounter', row.owner_id, 'changed', 'reopened') }
      : notDue;
  }
  if (row.owner_fault !== null) {
    const isOwnerUnread = row.owner_fault === 'missing_patient' && context.damage.patient;
    if (isOwnerUnread || isUnread(row.owner_fault)) return unread(row, 'encounter', row.owner_id, 'patient_unread');
    return {
      ...notDue,
      rowClass: 'orphan',
      discrepancy: row.is_ignored
        ? null
        : {
            ...discrepancy(row, 'encounter', row.owner_id, 'orphan', row.owner_fault),
            rowFingerprint: row.fingerprint,
          },
    };
  }
  const isAtRedox = row.presence === 'present';
  if (isAtRedox && !row.asked) return notDue;
  if (context.isPatientWithheld(row.owner_id)) return unread(row, 'encounter', row.owner_id, 'patient_unread');
  if (context.isContentUnread(row.entity_id)) return unread(row, 'encounter', row.owner_id, 'section_unread');
  const holdReason = holdReasonOf(row, context);
  if (holdReason !== null) return heldOrIgnored(row, 'encounter', row.owner_id, holdReason);
  const call: PlannedCall = {
    eventType: 'VisitPush',
    entity: 'encounter',
    entityId: row.entity_id,
    patientId: row.owner_id,
    rowPatientId: row.patient_id,
    mrn: null,
    plannedMrn: null,
    lane: row.lane,
    rank: row.rank,
    scannedFingerprint: row.fingerprint,
    openSince: row.open_since,
    reason: null,
  };
  if (isAtRedox && !row.row_differs && !row.owner_differs && row.is_sent_again) return sentAgain(call);
  return {
    rowClass: 'due',
    isNew: !isAtRedox && !isInDoubt(row, context),
    discrepancy: whyPushed(row, isAtRedox, context),
    calls: [call],
  };
}

/** A visit whose row is unchanged has moved to another person, or is forced. */
function whyPushed(row: EncounterDifference, isAtRedox: boolean, context: DecisionContext): Discrepancy {
  const because = (kind: DiscrepancyKind, detail: string | null): Discrepancy =>
    discrepancy(row, 'encounter', row.owner_id, kind, detail);
  if (isInDoubt(row, context)) return because('forced', 'after_restore');
  const loss = lossOf(row);
  if (loss !== null) return because('undelivered', loss);
  if (!isAtRedox || row.row_differs) return because(kindOf(row, isAtRedox, context), null);
  return row.owner_differs ? because('changed', 'owner') : because('forced', null);
}

export function classifyFault(row: RowFault): Discrepancy {
  const isDuplicate = row.fault === 'duplicate_key';
  const kind = isUnread(row.fault) ? 'unread' : isDuplicate ? 'duplicate_key' : 'invalid';
  return {
    entity: row.entity,
    entityId: row.entity_id,
    patientId: row.entity === 'patient' ? row.entity_id : null,
    kind,
    detail: isDuplicate ? null : row.fault,
    rowUpdatedAt: null,
    ...noHold,
  };
}

/** Redox may have these MRNs inside another record, or may lack them. After a NewPatient they can safely be merged. */
const bringBack = (
  row: PatientDifference | MergeDifference,
  fingerprint: PlannedCall['scannedFingerprint'],
): readonly PlannedCall[] => row.doubtful_mrns.map((mrn) => ({ ...patientCall('NewPatient', row, fingerprint), mrn }));

const patientCall = (
  eventType: EventType,
  row: PatientDifference | MergeDifference,
  scannedFingerprint: PlannedCall['scannedFingerprint'],
): PlannedCall => ({
  eventType,
  entity: 'patient',
  entityId: row.entity_id,
  patientId: row.entity_id,
  rowPatientId: null,
  mrn: null,
  plannedMrn: null,
  lane: row.lane,
  rank: row.rank,
  scannedFingerprint,
  openSince: row.open_since,
  reason: null,
});
