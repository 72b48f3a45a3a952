/**
 * From a planned call to its message: takes the newest row, builds the message, and decides whether Redox needs it. Pure: rows
 * and facts in; a message, or the reason for sending none, out.
 */
import type { EncounterRow, PatientColumn, PatientRow } from '../contract/contract.ts';
import { mrnOf } from '../contract/contract.ts';
import { noDetails } from '../contract/patient-details.ts';
import { checkMatchKeys } from '../message/fingerprint/findability.ts';
import { changedGroups, type Fingerprints, comparable } from '../message/fingerprint/fingerprint.ts';
import type { Objection } from '../message/objection.ts';
import { builderOf } from '../message/builder-version.ts';
import type { Built, MessageContext } from '../message/context.ts';
import { nextDocumentVersion } from '../message/document/header.ts';
import { buildNewPatient, buildPatientMerge, buildPatientUpdate } from '../message/patient.ts';
import { type BuiltVisit, buildVisitPush } from '../message/document/visit.ts';
import { detailRowCounts, sectionRowCounts } from '../contract/section/rows.ts';
import { readCalendarDate } from '../values/time/event-time.ts';
import { stagedStatus, visitFault } from '../contract/row/visit-state.ts';
import { understandingOf } from '../contract/row/understood.ts';
import type { Ehr, FetchedRow } from '../ehr/ehr.ts';
import type { Call } from '../ledger/record/calls.ts';
import type { RefusedRow, Synced } from '../ledger/record/call-result.ts';
import { prepareSummary } from './prepare-summary.ts';
import {
  blocked,
  isNews,
  type Known,
  messageAlone,
  onlyRow,
  type Prepared,
  sentFactsOf,
  type Skipped,
  superseded,
} from './lane-facts.ts';

export class CallPreparer {
  readonly #fingerprints: Fingerprints;
  readonly #context: MessageContext;
  readonly #builderVersion: number;
  readonly #now: Date;
  readonly #ledgerNow: () => Date;

  /** False if the contract lacks visit times, so a visit without a time is normal. */
  readonly #visitsHaveTimes: boolean;
  readonly #saysWhoHasSummary: boolean;

  /** `now` decides which times are in the future. `ledgerNow` numbers document versions. */
  constructor(
    fingerprints: Fingerprints,
    context: MessageContext,
    ehr: Pick<Ehr, 'columnsOf'>,
    now: Date,
    ledgerNow = (): Date => now,
  ) {
    const columns = ehr.columnsOf('encounter');
    this.#visitsHaveTimes = columns.has('started_at') || columns.has('ended_at');
    this.#saysWhoHasSummary = ehr.columnsOf('patient').has('summary_version');
    this.#fingerprints = fingerprints;
    this.#context = context;
    this.#builderVersion = builderOf(context);
    this.#now = now;
    this.#ledgerNow = ledgerNow;
  }

  prepare(call: Call, known: Known): Prepared | Skipped {
    switch (call.event_type) {
      case 'NewPatient':
        return this.#newPatient(call, known);
      case 'PatientUpdate':
        return this.#patientUpdate(call, known);
      case 'PatientMerge':
        return this.#patientMerge(call, known);
      case 'VisitPush':
        return call.entity === 'summary' ? prepareSummary(call, known, this.#tools()) : this.#visitPush(call, known);
    }
  }

  #tools(): Parameters<typeof prepareSummary>[2] {
    return {
      fingerprints: this.#fingerprints,
      context: this.#context,
      builderVersion: this.#builderVersion,
      ledgerNow: this.#ledgerNow,
      saysWhoHasSummary: this.#saysWhoHasSummary,
    };
  }

  /** What a call was built from that Redox has refused. `synced`: what the ledger would have kept of it. */
  refused(call: Call, { rows }: Known, synced: Synced | null): RefusedRow | null {
    const [patient] = rows.patients.get(call.patient_id) ?? [];
    if (patient === undefined) return null;
    const entity = call.entity === 'encounter' ? 'encounter' : 'patient';
    const [own] = (entity === 'encounter' ? rows.encounters : rows.patients).get(call.entity_id) ?? [];
    const ofRow = own === undefined ? null : this.#fingerprints.row(entity, Buffer.from(own.line));
    return {
      rowFingerprint: call.entity === 'summary' ? (synced?.messageFingerprint ?? null) : ofRow,
      patientFingerprint: this.#fingerprints.row('patient', Buffer.from(patient.line)),
      builderVersion: this.#builderVersion,
    };
  }

  #newPatient(call: Call, known: Known): Prepared | Skipped {
    const fetched = onlyRow(known.rows.patients.get(call.entity_id));
    if ('kind' in fetched) return fetched;
    if (call.mrn !== null) return this.#bringBack(call.mrn, fetched.row);
    // The plan has checked its MRN, and not this one: by now it may be another live patient's.
    if (call.planned_mrn !== mrnOf(fetched.row)) return superseded('mrn_changed');
    const built = buildNewPatient(
      fetched.row,
      this.#context,
      sentFactsOf(known, call.entity_id),
      known.rows.details.get(call.entity_id),
    );
    return { ...this.#tellPatient(call, fetched, built, known), kind: 'send', mrn: mrnOf(fetched.row) };
  }

  /** The row under another MRN than its own, to make sure that there is a record to merge. */
  #bringBack(mrn: string, row: PatientRow): Prepared {
    return {
      ...messageAlone,
      kind: 'send',
      message: buildNewPatient({ ...row, mrn }, this.#context).message,
      mrn,
    };
  }

  #patientUpdate(call: Call, known: Known): Prepared | Skipped {
    const fetched = onlyRow(known.rows.patients.get(call.entity_id));
    if ('kind' in fetched) return fetched;
    if (known.patients.get(call.entity_id)?.mrn !== mrnOf(fetched.row)) return superseded('mrn_changed');
    return this.#tellPatient(
      call,
      fetched,
      buildPatientUpdate(
        fetched.row,
        this.#context,
        sentFactsOf(known, call.entity_id),
        known.rows.details.get(call.entity_id),
      ),
      known,
    );
  }

  #tellPatient(call: Call, { row, line, findings }: FetchedRow<'patient'>, built: Built, known: Known): Prepared {
    const facts = known.patients.get(call.entity_id);
    const details = known.rows.details.get(call.entity_id) ?? noDetails;
    const synced: Synced = {
      rowFingerprint: this.#fingerprints.row('patient', Buffer.from(line)),
      messageFingerprint: this.#fingerprints.message('patient', call.entity_id, comparable(built.message)),
      groupFingerprints: this.#fingerprints.groups('patient', call.entity_id, row),
      builderVersion: this.#builderVersion,
      matchFaults: checkMatchKeys(built, row, this.#context.today),
      understood: understandingOf((column) => row[column as PatientColumn], this.#context).understood,
      death: built.saysDead,
      sectionRows: detailRowCounts(details),
      sectionDigests: this.#fingerprints.details(call.entity_id, details),
    };
    return {
      ...messageAlone,
      kind: isNews(call, facts, synced) ? 'send' : 'unneeded',
      message: built.message,
      synced,
      changedGroups: changedGroups('patient', facts?.group_fingerprints ?? null, synced.groupFingerprints),
      findings: [...findings, ...built.findings],
    };
  }

  /** A merge of two patients, or of a patient's former MRNs into the new one. */
  #patientMerge(call: Call, known: Known): Prepared | Skipped {
    const fetched = onlyRow(known.rows.patients.get(call.patient_id));
    if ('kind' in fetched) return { ...fetched, stillOpen: true };
    const survivor = known.patients.get(call.patient_id);
    if (survivor?.presence !== 'present') return blocked('patient_not_present');
    if (survivor.mrn !== mrnOf(fetched.row)) return superseded('mrn_changed');
    const retired = known.patients.get(call.entity_id);
    if (retired === undefined) return superseded('never_sent', false);
    const mrns = call.entity === 'merge' ? [retired.mrn, ...retired.former_mrns] : retired.former_mrns;
    const formerMrns = [...new Set(mrns)].filter((mrn) => mrn !== survivor.mrn);
    return {
      ...messageAlone,
      // Two rows of one MRN are one record at Redox already.
      kind: formerMrns.length === 0 ? 'unneeded' : 'send',
      message: buildPatientMerge(fetched.row, formerMrns, this.#context, sentFactsOf(known, call.patient_id)).message,
      formerMrns,
    };
  }

  #visitPush(call: Call, known: Known): Prepared | Skipped {
    const fetched = onlyRow(known.rows.encounters.get(call.entity_id));
    if ('kind' in fetched) return fetched;
    const visit = fetched.row;
    if (stagedStatus(visit.status ?? '', visit.ended_at ?? '', this.#context.fillerDates) !== 'finished')
      return superseded('not_finished', false);
    if (visit.patient_id !== call.row_patient_id) return superseded('visit_moved');
    const [owner] = known.rows.patients.get(call.patient_id) ?? [];
    if (owner === undefined) return blocked('patient_gone');
    const ownerFacts = known.patients.get(call.patient_id);
    if (ownerFacts?.presence !== 'present') return blocked('patient_not_present');
    if (ownerFacts.mrn !== mrnOf(owner.row)) return superseded('mrn_changed');
    return this.#tellVisit(call, fetched, owner.row, known);
  }

  #tellVisit(call: Call, { row, line, findings }: FetchedRow<'encounter'>, owner: PatientRow, known: Known): Prepared {
    const { rows, encounters } = known;
    const facts = encounters.get(call.entity_id);
    const sections = rows.sections.get(call.entity_id);
    const version = nextDocumentVersion(facts?.document_version ?? 0, this.#ledgerNow());
    const built = buildVisitPush(
      row,
      owner,
      { mrn: mrnOf(owner), version, ...sentFactsOf(known, call.patient_id) },
      this.#context,
      sections,
    );
    const sectionDigests = this.#fingerprints.sections(call.entity_id, sections ?? {});
    const synced: Synced = {
      rowFingerprint: this.#fingerprints.row('encounter', Buffer.from(line)),
      messageFingerprint: this.#fingerprints.message('encounter', call.entity_id, comparable(built.message)),
      groupFingerprints: this.#fingerprints.groups('encounter', call.entity_id, groupRow(row), sectionDigests),
      builderVersion: this.#builderVersion,
      matchFaults: null,
      understood: null,
      death: null,
      sectionRows: sectionRowCounts(sections ?? {}),
      sectionDigests,
    };
    const isElsewhere = facts?.filed_under !== call.patient_id;
    return {
      ...messageAlone,
      kind: isElsewhere || isNews(call, facts, synced) ? 'send' : 'unneeded',
      message: built.message,
      documentVersion: version,
      rowPatientId: row.patient_id,
      synced,
      changedGroups: changedGroups('encounter', facts?.group_fingerprints ?? null, synced.groupFingerprints),
      findings: [...findings, ...built.findings],
      objection: this.#implausible(built, owner),
    };
  }

  #implausible({ times }: BuiltVisit, owner: PatientRow): Objection | null {
    const birthDate = readCalendarDate(owner.birth_date ?? '', this.#context).value;
    const fault = visitFault(times, birthDate, this.#context.ehrTimeZone, this.#now);
    return fault === null || (fault === 'no_times' && !this.#visitsHaveTimes)
      ? null
      : { reason: 'implausible_visit', path: 'Header', fault };
  }
}

const groupRow = (row: EncounterRow): Readonly<Record<string, string | null>> => row;
