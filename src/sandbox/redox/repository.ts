import type { JsonObject } from '../../json.ts';
import { objectAt, textAt } from './messages/lookup.ts';
import { PatientIndex, type SearchKey } from './queries/patient-index.ts';

/** A patient in the repository, by its identifier under the patient OID. */
export interface StoredPatient {
  readonly id: string;
  readonly demographics: JsonObject;
  /** The last whole `Patient`. */
  readonly record: JsonObject;
  readonly storedAtMs: number;
  /** The survivor after a PatientMerge. A retired patient counts as absent. */
  readonly mergedInto: string | null;
  readonly newCount: number;
  readonly updateCount: number;
}

export interface StoredDocument {
  readonly id: string;
  readonly patientId: string;
  readonly message: JsonObject;
  readonly versionCount: number;
  /** `Document.DateTime` of the earlier pushes. */
  readonly earlierTimes: readonly (string | null)[];
  readonly storedAtMs: number;
}

/** A conflict between a message and the repository: the patient's field, and the rule. Null without one. */
export type Objection = { readonly path: string; readonly rule: string } | null;

const unknown = 'must name a patient that the repository holds';

/**
 * The organisation's repository at Redox: patients and their documents.
 *
 * Redox does not document its handling of a message about an unknown patient. This repository refuses it, because a sender that keeps
 * the order (NewPatient, PatientUpdate, PatientMerge, VisitPush) never sends one.
 */
export class Repository {
  readonly patients = new Map<string, StoredPatient>();
  readonly documents = new Map<string, StoredDocument>();
  /** An index, so that a merge reads only the retired patient's documents. */
  readonly #documentIds = new Map<string, Set<string>>();
  /** Made by the first search; a run without queries needs none. */
  #index: PatientIndex | null = null;
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Creates, replaces, or brings a retired patient back. */
  newPatient(id: string, record: JsonObject): Objection {
    const stored = this.patients.get(id);
    this.#put(id, record, {
      mergedInto: null,
      newCount: (stored?.newCount ?? 0) + 1,
      updateCount: stored?.updateCount ?? 0,
    });
    return null;
  }

  updatePatient(id: string, record: JsonObject): Objection {
    const stored = this.#stored(id);
    if (stored === null) return { path: 'Patient.Identifiers', rule: unknown };
    const { mergedInto, newCount, updateCount } = stored;
    const updated = { Demographics: stored.demographics, ...record };
    this.#put(id, updated, { mergedInto, newCount, updateCount: updateCount + 1 });
    return null;
  }

  /** All of the retired or none. A repeated merge is accepted, because the sender may have missed the answer. */
  mergePatients(survivorId: string, retiredIds: readonly string[], demographics: JsonObject | null): Objection {
    const survivor = this.#stored(survivorId);
    if (survivor === null) return { path: 'Patient.Identifiers', rule: unknown };
    if (!retiredIds.every((id) => this.#canRetire(id, survivorId))) {
      return { path: 'Patient.PreviousIdentifiers', rule: unknown };
    }
    for (const id of retiredIds) this.#retire(id, survivorId);
    if (demographics !== null) this.#put(survivorId, { ...survivor.record, Demographics: demographics }, survivor);
    return null;
  }

  /**
   * A known id replaces the document, and moves it to the named patient.
   *
   * @param storesLate a retired patient takes documents too
   */
  pushDocument(id: string, patientId: string, message: JsonObject, storesLate: boolean): Objection {
    const isKnown = storesLate ? this.patients.has(patientId) : this.#stored(patientId) !== null;
    if (!isKnown) return { path: 'Header.Patient.Identifiers', rule: unknown };
    const stored = this.documents.get(id);
    if (stored !== undefined) this.#documentIds.get(stored.patientId)?.delete(id);
    this.#idsOf(patientId).add(id);
    this.documents.set(id, {
      id,
      patientId,
      message,
      versionCount: (stored?.versionCount ?? 0) + 1,
      earlierTimes: stored === undefined ? [] : [...stored.earlierTimes, timeOf(stored.message)],
      storedAtMs: this.#now().getTime(),
    });
    return null;
  }

  /** The final survivor of a chain of merges. */
  survivorOf(id: string): string {
    const next = this.patients.get(id)?.mergedInto ?? null;
    return next === null ? id : this.survivorOf(next);
  }

  /** The live patients under one of these keys, and on demand the retired ones. */
  patientsUnder(key: SearchKey, showsRetired: boolean): readonly StoredPatient[] {
    this.#index ??= new PatientIndex(this.patients.values());
    const shown = (id: string): StoredPatient | null =>
      showsRetired ? (this.patients.get(id) ?? null) : this.#stored(id);
    return [...this.#index.idsUnder(key)].flatMap((id) => shown(id) ?? []);
  }

  documentsOf(patientId: string): readonly StoredDocument[] {
    return [...(this.#documentIds.get(patientId) ?? [])].flatMap((id) => this.documents.get(id) ?? []);
  }

  /** Adds a patient, or replaces the stored record, without a message. */
  setPatient(id: string, record: JsonObject): void {
    this.#put(id, record, this.patients.get(id) ?? { mergedInto: null, newCount: 0, updateCount: 0 });
  }

  forgetPatient(id: string): void {
    const stored = this.patients.get(id);
    if (stored !== undefined) this.#index?.remove(stored);
    this.patients.delete(id);
  }

  forgetDocument(id: string): void {
    this.#documentIds.get(this.documents.get(id)?.patientId ?? '')?.delete(id);
    this.documents.delete(id);
  }

  setDocument(document: StoredDocument): void {
    this.#idsOf(document.patientId).add(document.id);
    this.documents.set(document.id, document);
  }

  clear(): void {
    this.#index = null;
    this.patients.clear();
    this.documents.clear();
    this.#documentIds.clear();
  }

  #put(id: string, record: JsonObject, history: Pick<StoredPatient, 'mergedInto' | 'newCount' | 'updateCount'>): void {
    const { mergedInto, newCount, updateCount } = history;
    const demographics = objectAt(record, 'Demographics') ?? {};
    const storedAtMs = this.#now().getTime();
    const before = this.patients.get(id);
    if (before !== undefined) this.#index?.remove(before);
    const patient = { id, demographics, record, mergedInto, newCount, updateCount, storedAtMs };
    this.patients.set(id, patient);
    this.#index?.add(patient);
  }

  #stored(id: string): StoredPatient | null {
    const patient = this.patients.get(id);
    return patient?.mergedInto === null ? patient : null;
  }

  #canRetire(id: string, survivorId: string): boolean {
    return this.patients.get(id)?.mergedInto === null || this.survivorOf(id) === survivorId;
  }

  #retire(id: string, survivorId: string): void {
    const patient = this.patients.get(id);
    if (patient === undefined) return;
    this.patients.set(id, { ...patient, mergedInto: survivorId });
    const survivorsIds = this.#idsOf(survivorId);
    for (const documentId of this.#idsOf(id)) {
      survivorsIds.add(documentId);
      const document = this.documents.get(documentId);
      if (document !== undefined) this.documents.set(documentId, { ...document, patientId: survivorId });
    }
    this.#documentIds.delete(id);
  }

  #idsOf(patientId: string): Set<string> {
    let ids = this.#documentIds.get(patientId);
    if (ids === undefined) this.#documentIds.set(patientId, (ids = new Set()));
    return ids;
  }
}

const timeOf = (message: JsonObject): string | null => textAt(message, 'Header', 'Document', 'DateTime');
