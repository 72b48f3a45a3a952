/** What a call becomes when its turn comes, and what that is made of. */
import type { DocumentVersion } from '../message/document/header.ts';
import type { FieldGroup } from '../message/fingerprint/field-group.ts';
import type { Finding } from '../values/reading.ts';
import type { FetchedPage } from '../ehr/ehr.ts';
import type { JsonObject } from '../json.ts';
import type { Call, EncounterFacts, PatientFacts, SummaryFacts } from '../ledger/record/calls.ts';
import type { Synced } from '../ledger/record/call-result.ts';
import type { Objection } from '../message/objection.ts';

/** What is known when a call's turn comes: the rows as just fetched, and the ledger's facts as they are after the calls before it. */
export interface Known {
  readonly rows: FetchedPage;
  /** Why there are no rows, where they were too large to fetch. */
  readonly objection: Objection | null;
  readonly patients: ReadonlyMap<string, PatientFacts>;
  readonly encounters: ReadonlyMap<string, EncounterFacts>;
  readonly summaries: ReadonlyMap<string, SummaryFacts>;
}

export interface Prepared {
  readonly kind: 'send' | 'unneeded';
  readonly message: JsonObject;
  /** The MRN that a NewPatient names; null for other events. */
  readonly mrn: string | null;
  /** The version that a VisitPush bears; null for other events. */
  readonly documentVersion: DocumentVersion | null;
  /** The MRNs that a PatientMerge retires. */
  readonly formerMrns: readonly string[];
  readonly rowPatientId: string | null;
  readonly synced: Synced | null;
  readonly changedGroups: readonly FieldGroup[] | null;
  readonly findings: readonly Finding[];
  /** Why the rows forbid sending the message; null if it may be sent. */
  readonly objection: Objection | null;
}

/** What most messages do without. */
export const messageAlone: Omit<Prepared, 'kind' | 'message'> = {
  mrn: null,
  documentVersion: null,
  formerMrns: [],
  rowPatientId: null,
  synced: null,
  changedGroups: null,
  findings: [],
  objection: null,
};

/** Why a call is not sent; the data dictionary explains each reason. */
export interface Skipped {
  readonly kind: 'superseded' | 'blocked';
  readonly reason: SkipReason;
  /** True where a later run has to look again. */
  readonly stillOpen: boolean;
}

export type SkipReason =
  | 'row_gone'
  | 'not_finished'
  | 'visit_moved'
  | 'mrn_changed'
  | 'never_sent'
  | 'duplicate_key'
  | 'patient_gone'
  | 'patient_not_present'
  | 'no_visit';

/** Whether the patient's death was sent, or may have been. */
export const sentFactsOf = (known: Known, patientId: string): { readonly wasDeathSent: boolean } => ({
  wasDeathSent: known.patients.get(patientId)?.sent_death === true,
});

/** A changed row with an unchanged message needs no call (decision 3). */
export const isNews = (
  call: Call,
  facts: Pick<PatientFacts, 'is_sent_again' | 'message_fingerprint'> | undefined,
  synced: Synced,
): boolean => call.forced || facts?.is_sent_again === true || facts?.message_fingerprint !== synced.messageFingerprint;

export function onlyRow<Row>(rows: readonly Row[] | undefined): Row | Skipped {
  const [row, another] = rows ?? [];
  if (row === undefined) return superseded('row_gone', false);
  return another === undefined ? row : blocked('duplicate_key');
}

export const superseded = (reason: SkipReason, stillOpen = true): Skipped => ({
  kind: 'superseded',
  reason,
  stillOpen,
});
export const blocked = (reason: SkipReason): Skipped => ({ kind: 'blocked', reason, stillOpen: true });
