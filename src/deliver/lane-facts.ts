/** The facts that a lane's calls are prepared from when their turn comes, and what each call becomes. */
import type { Call, EncounterFacts, PatientFacts, SummaryFacts } from '../ledger/record/calls.ts';
import type { CallResult, Synced } from '../ledger/record/call-result.ts';
import type { DocumentVersion } from '../message/document/header.ts';
import type { FieldGroup } from '../message/fingerprint/field-group.ts';
import type { Finding } from '../values/reading.ts';
import type { FetchedPage } from '../ehr/ehr.ts';
import type { JsonObject } from '../json.ts';
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

/** What a lane's calls have brought about on all its pages so far. */
export type LaneMemory = Pick<LaneFacts, 'patients' | 'summaries'>;

/** The facts of a person's rows, as they become while its calls go out. */
export class LaneFacts implements Known {
  readonly rows: Known['rows'];
  readonly objection: Known['objection'];
  readonly patients: Map<string, PatientFacts>;
  readonly encounters: Map<string, EncounterFacts>;
  readonly summaries: Map<string, SummaryFacts>;
  /** By record: the patients who were merged into it at some time. A lane may have merges by the hundred thousand. */
  readonly #inside = new Map<string, string[]>();

  constructor({ rows, objection, patients, encounters, summaries }: Known) {
    this.rows = rows;
    this.objection = objection;
    this.patients = new Map();
    for (const [id, facts] of patients) this.#put(id, facts);
    this.encounters = new Map(encounters);
    this.summaries = new Map(summaries);
  }

  /** Characters of the rows of the largest of these calls. */
  largestOf(calls: readonly Call[]): number {
    return Math.max(...calls.map((call) => this.#sizeOf(call)));
  }

  #sizeOf({ entity, entity_id, patient_id }: Call): number {
    const { patients, encounters, sizes, summarySizes, detailSizes } = this.rows;
    const [patient] = patients.get(patient_id) ?? [];
    const [visit] = entity === 'encounter' ? (encounters.get(entity_id) ?? []) : [];
    const besides = {
      patient: detailSizes.get(entity_id),
      merge: 0,
      encounter: sizes.get(entity_id),
      summary: summarySizes.get(patient_id),
    }[entity];
    return (patient?.size ?? 0) + (visit?.size ?? 0) + (besides ?? 0);
  }

  /** The clinical content of a visit is most of what a page holds, and nothing asks for it once its message is written. */
  isWritten({ entity, entity_id }: Call): void {
    if (entity === 'encounter') this.rows.sections.delete(entity_id);
  }

  /** Takes in what the calls of a lane have brought about on the pages before, for the patients of this one. */
  takeOver({ patients, summaries }: LaneMemory): void {
    for (const id of this.rows.patients.keys()) {
      const [patient, summary] = [patients.get(id), summaries.get(id)];
      if (patient !== undefined) this.#put(id, patient);
      if (summary !== undefined) this.summaries.set(id, summary);
    }
  }

  /** Adds what is known now to what a lane remembers from page to page. */
  leaveTo({ patients, summaries }: LaneMemory): void {
    for (const [id, facts] of this.patients) patients.set(id, facts);
    for (const [id, facts] of this.summaries) summaries.set(id, facts);
  }

  #put(id: string, facts: PatientFacts): void {
    this.patients.set(id, facts);
    if (facts.merged_into === null) return;
    const inside = this.#inside.get(facts.merged_into);
    if (inside === undefined) this.#inside.set(facts.merged_into, [id]);
    else inside.push(id);
  }

  /** Mirrors what `record_outcomes` does, as far as the calls to come ask for it; `lane-facts.test.ts` plays both side by side. */
  learn(call: Call, result: CallResult): void {
    if (result.state !== 'accepted' && result.state !== 'unneeded') return;
    if (call.event_type === 'NewPatient' || call.event_type === 'PatientUpdate') this.#isSynced(call, result);
    if (call.event_type === 'PatientMerge' && call.entity === 'patient') this.#hasMerged(call, result);
    if (call.entity === 'merge') this.#isRetired(call);
    if (call.entity === 'encounter') this.#hasVisit(call.patient_id, true);
  }

  #hasVisit(patientId: string, has_visit: boolean): void {
    const facts = this.summaries.get(patientId);
    if (facts !== undefined) this.summaries.set(patientId, { ...facts, has_visit });
  }

  #isSynced(call: Call, { mrn, synced }: CallResult): void {
    const before = this.patients.get(call.entity_id);
    const now = mrn ?? before?.mrn ?? call.entity_id;
    // What went into another record stays there, unless it is brought back by a call of its own.
    const former = before?.merged_into === null ? [...before.former_mrns, before.mrn] : [];
    this.patients.set(call.entity_id, {
      patient_id: call.entity_id,
      presence: 'present',
      mrn: now,
      former_mrns: [...new Set(former)].filter((one) => one !== now),
      merged_into: null,
      is_sent_again: false,
      sent_death: synced === null ? (before?.sent_death ?? null) : synced.death,
      message_fingerprint: synced?.messageFingerprint ?? null,
      group_fingerprints: synced?.groupFingerprints ?? null,
    });
  }

  #hasMerged(call: Call, { formerMrns }: CallResult): void {
    const before = this.patients.get(call.entity_id);
    if (before === undefined) return;
    const former_mrns = before.former_mrns.filter((mrn) => !formerMrns.includes(mrn));
    this.patients.set(call.entity_id, { ...before, former_mrns });
  }

  /** The record is inside the survivor's, with those that were inside it, and so are the documents. */
  #isRetired(call: Call): void {
    const inside = {
      merged_into: call.patient_id,
      sent_death: null,
      message_fingerprint: null,
      group_fingerprints: null,
    };
    for (const id of this.#inside.get(call.entity_id) ?? []) {
      const facts = this.patients.get(id);
      if (facts?.merged_into === call.entity_id) this.#put(id, { ...facts, ...inside });
    }
    const own = this.patients.get(call.entity_id);
    if (own !== undefined) this.#put(call.entity_id, { ...own, ...inside, presence: 'merged' });
    for (const [id, facts] of this.encounters) {
      if (facts.filed_under === call.entity_id) this.encounters.set(id, { ...facts, filed_under: call.patient_id });
    }
    if (this.summaries.get(call.entity_id)?.has_visit === true) this.#hasVisit(call.patient_id, true);
    this.#hasVisit(call.entity_id, false);
  }
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
