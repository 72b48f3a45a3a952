/**
 * What must be true at Redox after a nightly that met no trouble: what it has is what the EHR has. Where the two differ, the
 * night's own report must list the very row on account of which they do, and must be right about it.
 */
import { undefuse } from '../../../src/report/defuse.ts';
import type { StoredDocument } from '../../../src/sandbox/redox/repository.ts';
import type { State } from '../../../src/sandbox/redox/state.ts';
import type { NightResult } from '../support/night.ts';
import { documentOid } from '../redox/stand-in-client.ts';
import { Listed, type Line } from './listed.ts';
import { mrnOf, type ModelEhr } from './model-ehr.ts';

/** Each a sentence; none where all is as it must be. */
export function differences(result: NightResult, ehr: ModelEhr, state: State): string[] {
  const compared = new Comparison(new Listed(result), ehr, state, waitingBeside(result));
  return [
    ...compared.undelivered(result),
    ...compared.patients(),
    ...compared.records(),
    ...compared.documents(),
    ...compared.lists(),
  ];
}

/**
 * Whose rows may wait for their turn; null where all rows are planned. A person is told whole: who is named in a call of this night has
 * no row that waits. What Redox has is corrected whatever waits.
 */
function waitingBeside(result: NightResult): ((patientId: string) => boolean) | null {
  if (Object.values(result.summary.waiting).every((rows) => rows === 0)) return null;
  const named = new Set(
    result
      .csv('calls')
      .flatMap(({ entity, entity_id = '', patient_id = '' }) => [patient_id, entity === 'encounter' ? '' : entity_id])
      .map(undefuse),
  );
  return (patientId) => !named.has(patientId);
}

/** A retired patient is told only in order to be merged at once (see classify.ts). */
export function tellingsOfTheRetired(result: NightResult, ehr: ModelEhr): string[] {
  const calls = result.csv('calls').map(({ entity, entity_id = '', event_type = '', kind = '' }) => ({
    entity,
    id: undefuse(entity_id),
    event: event_type,
    kind,
  }));
  return calls
    .filter(({ entity, event }) => entity === 'patient' && event !== 'PatientMerge')
    .filter(({ kind }) => ['accepted', 'rejected', 'failed', 'unknown'].includes(kind))
    .filter(({ id }) => ehr.mergeRows(id).length > 0)
    .filter(({ id, event }) => {
      const isToBeMerged = calls.some((call) => call.entity === 'merge' && call.id === id);
      return event !== 'NewPatient' || !isToBeMerged;
    })
    .map(({ event, id }) => `${event} of ${id}, who is retired`);
}

class Comparison {
  readonly #listed: Listed;
  readonly #ehr: ModelEhr;
  readonly #state: State;

  readonly #mayWait: (patientId: string) => boolean;

  constructor(listed: Listed, ehr: ModelEhr, state: State, mayWait: ((patientId: string) => boolean) | null) {
    this.#mayWait = mayWait ?? (() => false);
    this.#listed = listed;
    this.#ehr = ehr;
    this.#state = state;
  }

  /** Without trouble every call that was planned is settled within the night. */
  undelivered(result: NightResult): string[] {
    return result
      .csv('calls')
      .filter(({ kind }) => kind !== 'accepted' && kind !== 'unneeded')
      .filter(({ entity, entity_id = '', kind }) => {
        return !(entity === 'merge' && kind === 'rejected' && this.#hasNothingToMerge(undefuse(entity_id)));
      })
      .map((call) => `${call['event_type']} of ${call['entity_id']} is ${call['kind']} (${call['reason']})`);
  }

  /** Redox never had this patient, nobody knows that, and there is no row left to tell Redox first. */
  #hasNothingToMerge(id: string): boolean {
    return (
      this.#ehr.patientRows(id).length === 0 && this.#ehr.mrnsOf(id).every((mrn) => !this.#state.patients.has(mrn))
    );
  }

  /** Every live patient is there, as the row says. */
  patients(): string[] {
    return this.#ehr.patients
      .filter(({ patient_id }) => this.#ownerOf(patient_id) === patient_id)
      .flatMap((row) => {
        const stored = this.#state.patients.get(mrnOf(row));
        if (this.#mayWait(row.patient_id) && this.#isNew(row.patient_id)) return [];
        if (stored?.mergedInto !== null) return [`patient ${row.patient_id} is not held as ${mrnOf(row)}`];
        const { LastName, Address } = stored.demographics as { LastName?: string; Address?: { ZIP?: string } };
        const isAsRow = LastName === row.last_name && Address?.ZIP === row.zip;
        return isAsRow ? [] : [`patient ${row.patient_id} is held as ${LastName} ${Address?.ZIP}`];
      });
  }

  #isNew(patientId: string): boolean {
    return this.#ehr.mrnsOf(patientId).every((mrn) => !this.#state.patients.has(mrn));
  }

  /** Every record there belongs to a patient whose MRN it is or was, and leads to that patient's survivor. */
  records(): string[] {
    return [...this.#state.patients.keys()].flatMap((mrn) => {
      const owners = [...this.#ehr.ownersOf(mrn)];
      const ends = owners.map((id) => this.#ownersMrn(id));
      const end = this.#endOf(mrn);
      if (ends.includes(end) || owners.some((id) => this.#listed.excuses(id))) return [];
      return [`record ${mrn} of ${owners.join()} leads to ${end} instead of ${ends.join()}`];
    });
  }

  /** Every finished visit is a document under its patient's survivor, as the row says; every other document is listed. */
  documents(): string[] {
    const missing = this.#ehr.visits
      .filter(({ visit_id, status }) => status === 'finished' && this.#ehr.visitRows(visit_id).length === 1)
      .filter(({ visit_id, patient_id }) => {
        const owner = this.#ownerOf(patient_id);
        if (this.#listed.has('encounter', visit_id, 'undelivered')) return false;
        return owner !== null && !this.#mayWait(owner) && !this.#state.documents.has(documentIdOf(visit_id));
      })
      .map(({ visit_id }) => `visit ${visit_id} is no document`);
    return [...missing, ...[...this.#state.documents.values()].flatMap((document) => this.#wrongIn(document))];
  }

  /** The report lists nothing that is not so. */
  lists(): string[] {
    return this.#listed.lines
      .filter((line) => !this.#isTrue(line))
      .map(({ entity, id, kind, detail }) => `${entity} ${id} is listed as ${kind} ${detail}`);
  }

  #wrongIn(document: StoredDocument): string[] {
    const id = document.id.slice(documentIdOf('').length);
    const [row, another] = this.#ehr.visitRows(id);
    const must = (...kinds: readonly string[]): string[] =>
      this.#listed.has('encounter', id, ...kinds)
        ? []
        : [`visit ${id} has a document and is not listed as ${kinds.join()}`];
    if (row === undefined) return must('gone');
    if (another !== undefined) return must('duplicate_key');
    // What is open again keeps the document that it had.
    if (row.status === 'open' || row.status === 'planned') return [];
    if (row.status === 'cancelled') return must('cancelled_after_push');
    if (row.status !== 'finished') return must('invalid');
    // A filter at Redox dropped its newest message, and a person is asked to look.
    if (this.#listed.has('encounter', id, 'undelivered')) return [];
    const owner = this.#ownersMrn(row.patient_id);
    // One that was told before stays as it is while nobody is there under whom to tell it; then the patient is listed.
    if (owner === null) return this.#listed.excuses(row.patient_id) ? [] : must('orphan');
    const isUnderOwner = document.patientId === owner;
    return [
      ...(isUnderOwner ? [] : [`visit ${id} is a document of ${document.patientId} instead of ${owner}`]),
      ...(reasonIn(document) === row.reason ? [] : [`visit ${id} is held with ${reasonIn(document)}`]),
    ];
  }

  #isTrue({ entity, id, kind, detail }: Line): boolean {
    switch (`${entity} ${kind}`) {
      case 'patient gone':
        return this.#ehr.patientRows(id).length === 0;
      case 'encounter gone':
        return this.#ehr.visitRows(id).length === 0;
      case 'patient duplicate_key':
        return this.#ehr.patientRows(id).length > 1;
      case 'encounter duplicate_key':
        return this.#ehr.visitRows(id).length > 1;
      case 'merge duplicate_key':
        return this.#ehr.mergeRows(id).length > 1;
      case 'patient invalid':
        return this.#ehr.patientRows(id).some((row) => this.#ehr.ownersOf(mrnOf(row)).size > 1);
      case 'encounter invalid':
        return this.#ehr.visitRows(id).some(({ status }) => status === 'odd');
      case 'encounter orphan':
        return this.#ehr.visitRows(id).some(({ patient_id }) => this.#ownerOf(patient_id) === null);
      case 'encounter cancelled_after_push':
        return this.#ehr.visitRows(id).some(({ status }) => status === 'cancelled');
      case 'merge merge_cycle':
      case 'merge merge_without_survivor':
        return this.#ehr.mergeRows(id).length > 0 && this.#ownerOf(id) === null;
      case 'merge merge_undone':
        return this.#ehr.mergeRows(id).length === 0;
      case 'merge held':
        return this.#hasNothingToMerge(id);
      case 'patient held':
      case 'encounter held':
        return false;
      default:
        return detail !== 'retired_row_gone' || this.#ehr.patientRows(id).length !== 1;
    }
  }

  /** Under whom a patient is told: themselves, or the end of their merges; null where that is nobody who can be told. */
  #ownerOf(id: string, followed: readonly string[] = []): string | null {
    const [merge, another] = this.#ehr.mergeRows(id);
    if (merge === undefined) return this.#canBeSent(id) ? id : null;
    if (another !== undefined || followed.includes(id)) return null;
    return this.#ownerOf(merge.survivor_id, [...followed, id]);
  }

  #canBeSent(id: string): boolean {
    return this.#ehr.patientRows(id).length === 1 && !this.#listed.has('patient', id, 'invalid');
  }

  #ownersMrn(id: string): string | null {
    const owner = this.#ownerOf(id);
    const [row] = owner === null ? [] : this.#ehr.patientRows(owner);
    return row === undefined ? null : mrnOf(row);
  }

  #endOf(mrn: string): string {
    const next = this.#state.patients.get(mrn)?.mergedInto ?? null;
    return next === null ? mrn : this.#endOf(next);
  }
}

const documentIdOf = (visitId: string): string => `${documentOid}^${visitId}`;

const reasonIn = ({ message }: StoredDocument): string | undefined => {
  const { Header } = message as { Header?: { Document?: { Visit?: { Reason?: string } } } };
  return Header?.Document?.Visit?.Reason;
};
