/** What `audit` reads and writes: rows for the statements in `sql/ledger/audit.sql`. */
import type { Subject } from '../../contract/contract.ts';
import type { AuditCounts } from '../../decide/audit/counts.ts';
import type { Finding, Assessment } from '../../decide/audit/assess.ts';
import type { Fingerprint } from '../../message/fingerprint/fingerprint.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';
import { keysetPages } from './keyset-pages.ts';

export type AuditScope = 'sample' | 'all' | 'only';

export interface Opening {
  readonly scope: AuditScope;
  readonly seed: string | null;
  readonly hasContent: boolean;
  readonly counts: AuditCounts;
  /** Null for an audit that is no part of a round. */
  readonly roundStartedAt: Date | null;
}

export async function beginAudit(writer: Session, run: Run, opening: Opening): Promise<void> {
  const { scope, seed, hasContent, counts, roundStartedAt } = opening;
  await writer.run(statement('ledger/audit/begin_audit'), [
    run.number,
    scope,
    seed,
    hasContent,
    JSON.stringify(counts),
    roundStartedAt,
  ]);
}

/** The start of the round that this audit goes on with, or begins. */
export async function openRound(writer: Session, hasContent: boolean): Promise<Date> {
  const [open] = await writer.run<{ started_at: Date }>(statement('ledger/audit/read_open_round'), [hasContent]);
  if (open !== undefined) return open.started_at;
  await finishRounds(writer);
  return (await writer.one<{ started_at: Date }>(statement('ledger/audit/begin_round'), [hasContent])).started_at;
}

export async function finishRounds(writer: Session): Promise<void> {
  await writer.run(statement('ledger/audit/finish_rounds'));
}

interface PatientId {
  readonly patient_id: string;
}
type Drawn = PatientId & { readonly draw: string };
type LookedAt = PatientId & { readonly looked_at: Date | null };

/** Patients in the order of the seed, page by page. */
export const sampledPatients = (reader: Session, seed: string, pageSize: number): AsyncGenerator<PatientId[]> =>
  keysetPages<Drawn>(pageSize, (last) =>
    reader.run<Drawn>(statement('ledger/audit/next_sampled_patients'), [
      seed,
      last?.draw ?? null,
      last?.patient_id ?? null,
      pageSize,
    ]),
  );

/** Patients page by page, the oldest look first. */
export const duePatients = (
  reader: Session,
  { startedAt, hasContent }: { readonly startedAt: Date; readonly hasContent: boolean },
  pageSize: number,
): AsyncGenerator<PatientId[]> =>
  keysetPages<LookedAt>(pageSize, (last) =>
    reader.run<LookedAt>(statement('ledger/audit/next_due_patients'), [
      startedAt,
      hasContent,
      last?.looked_at ?? null,
      last?.patient_id ?? null,
      pageSize,
    ]),
  );

export const listedPatients = (
  reader: Session,
  rows: readonly { readonly entity: Subject; readonly id: string }[],
): Promise<PatientId[]> =>
  reader.run<PatientId>(statement('ledger/audit/find_listed_patients'), [
    rows.map(({ entity }) => entity),
    rows.map(({ id }) => id),
  ]);

export const countPatientsAtRedox = async (reader: Session): Promise<number> =>
  (await reader.one<{ patients: number }>(statement('ledger/audit/count_patients_at_redox'))).patients;

/** The names are the columns'. */
export interface LedgerPatient {
  readonly patient_id: string;
  readonly mrn: string;
  readonly sent_death: boolean;
  readonly row_fingerprint: Fingerprint | null;
  readonly message_fingerprint: Fingerprint | null;
  readonly is_due: boolean;
}

export interface LedgerDocument {
  readonly entity: 'encounter' | 'summary';
  readonly entity_id: string;
  /** The patient who has it at Redox. */
  readonly patient_id: string;
  /** Its patient in the EHR. */
  readonly row_patient_id: string;
  readonly document_version: number;
  readonly document_time: Date | null;
  /** Null for a summary. */
  readonly row_fingerprint: Fingerprint | null;
  readonly is_due: boolean;
}

export interface Due {
  readonly builderVersion: number;
  readonly confirmWithinMs: number;
}

export const auditedPatients = (reader: Session, ids: readonly string[], due: Due): Promise<LedgerPatient[]> =>
  reader.run<LedgerPatient>(statement('ledger/audit/read_audited_patients'), [
    ids,
    due.builderVersion,
    due.confirmWithinMs,
  ]);

export const auditedDocuments = (reader: Session, ids: readonly string[], due: Due): Promise<LedgerDocument[]> =>
  reader.run<LedgerDocument>(statement('ledger/audit/read_audited_documents'), [
    ids,
    due.builderVersion,
    due.confirmWithinMs,
  ]);

/** A record that was merged into a patient. The names are the columns'. */
export interface MergedRecordRow {
  /** The patient, if it was theirs under a former MRN. */
  readonly retired_id: string;
  readonly mrn: string;
  /** The survivor. */
  readonly patient_id: string;
  readonly survivor_mrn: string;
}

export const mergedRecords = (
  reader: Session,
  survivorIds: readonly string[],
  confirmWithinMs: number,
): Promise<MergedRecordRow[]> =>
  reader.run<MergedRecordRow>(statement('ledger/audit/read_merged_records'), [survivorIds, confirmWithinMs]);

/** Random patients into whom others were merged. */
export async function someSurvivors(reader: Session, count: number): Promise<string[]> {
  const rows = await reader.run<{ patient_id: string }>(statement('ledger/audit/find_some_survivors'), [count]);
  return rows.map(({ patient_id }) => patient_id);
}

export async function knownMrns(reader: Session, mrns: readonly string[]): Promise<ReadonlySet<string>> {
  if (mrns.length === 0) return new Set();
  const rows = await reader.run<{ mrn: string }>(statement('ledger/audit/find_known_mrns'), [mrns]);
  return new Set(rows.map(({ mrn }) => mrn));
}

export interface AuditPage {
  readonly assessments: readonly Assessment[];
  /** Patients whose rows change or were sent just now. */
  readonly notSynced: readonly string[];
  readonly counts: AuditCounts;
  /** Queries since the page before. */
  readonly queries: number;
  readonly hasContent: boolean;
}

/** Stores a page, in the caller's transaction. */
export async function recordAuditPage(writer: Session, run: Run, page: AuditPage): Promise<void> {
  const { assessments, counts, queries, hasContent } = page;
  await writer.run(statement('ledger/audit/store_audit_lines'), [run.number, JSON.stringify(linesOf(page))]);
  const answered = assessments.filter(({ patient }) => patient.result !== 'unanswered');
  await writer.run(statement('ledger/audit/note_looks'), [
    answered.map(({ patientId }) => patientId),
    answered.map(({ documents }) => String(documents.filter(isAssessed).length)),
    hasContent,
  ]);
  const found = assessments.flatMap(({ patientId, patient, documents, merges }) =>
    [patient, ...documents, ...merges].map((finding) => ({ finding, patientId })),
  );
  const right = found.filter(({ finding }) => isAssessed(finding) && !isRepairable(finding));
  await writer.run(statement('ledger/audit/forget_findings'), [
    right.map(({ finding }) => finding.entity),
    right.map(({ finding }) => finding.entityId),
  ]);
  const wrong = found.filter(({ finding }) => isRepairable(finding));
  await writer.run(statement('ledger/audit/note_findings'), [
    JSON.stringify(
      wrong.map(({ finding: { entity, entityId, result, groups }, patientId }) => ({
        entity,
        entity_id: entityId,
        patient_id: patientId,
        looks: result === 'missing' ? ['missing'] : groups,
      })),
    ),
  ]);
  await writer.run(statement('ledger/audit/list_findings'), [run.number, JSON.stringify(discrepanciesOf(assessments))]);
  await writer.run(statement('ledger/audit/note_queries'), [queries]);
  await writer.run(statement('ledger/audit/store_audit_counts'), [run.number, JSON.stringify(counts), queries]);
}

const isAssessed = ({ result }: Finding): boolean => result !== 'unanswered' && result !== 'not_yet_synced';

/** Redox has the document. */
const isThere = ({ result }: Finding): boolean => result === 'found' || result === 'differs';

/** What sending it again may mend. */
const isRepairable = ({ result }: Finding): boolean => result === 'missing' || result === 'differs';

/** One line a patient, and one for each document and merge that is not as it should be. */
const linesOf = ({ assessments, notSynced }: AuditPage): readonly object[] => [
  ...assessments.flatMap(({ patientId, patient, documents, merges }) =>
    [patient, ...[...documents, ...merges].filter(({ result }) => result !== 'found')].map((finding) => ({
      entity: finding.entity,
      entity_id: finding.entityId,
      patient_id: patientId,
      result: finding.result,
      detail: finding.detail,
      groups: finding.groups.length === 0 ? null : finding.groups,
      documents: finding.entity === 'patient' ? documents.filter(isThere).length : null,
    })),
  ),
  ...notSynced.map((patientId) => ({
    entity: 'patient',
    entity_id: patientId,
    patient_id: patientId,
    result: 'not_yet_synced',
    detail: null,
    groups: null,
    documents: null,
  })),
];

const kinds = { missing: 'missing_at_redox', differs: 'differs_at_redox', not_findable: 'differs_at_redox' } as const;

function discrepanciesOf(assessments: readonly Assessment[]): readonly object[] {
  return assessments.flatMap(({ patientId, patient, documents, merges, unexpectedPatients, unexpectedDocuments }) => {
    const own = [patient, ...documents, ...merges].flatMap(({ entity, entityId, result, detail }) =>
      result in kinds
        ? [{ entity, entity_id: entityId, patient_id: patientId, kind: kinds[result as keyof typeof kinds], detail }]
        : [],
    );
    const unexpected = (detail: 'patient' | 'document'): object => ({
      entity: 'patient',
      entity_id: patientId,
      patient_id: patientId,
      kind: 'unexpected_at_redox',
      detail,
    });
    const hasSecond = unexpectedPatients > 0 || (patient.result === 'unexpected' && patient.detail === 'patient');
    return [
      ...own,
      ...(hasSecond ? [unexpected('patient')] : []),
      ...(unexpectedDocuments > 0 ? [unexpected('document')] : []),
    ];
  });
}

export const finishAudit = async (writer: Session, run: Run): Promise<void> => {
  await writer.run(statement('ledger/audit/finish_audit'), [run.number]);
};

/** What a repair would owe, and what was looked at so far. */
export interface Repairs {
  readonly patients: number;
  readonly documents: number;
  readonly looked_at_patients: number;
  readonly looked_at_documents: number;
}

export const countRepairs = (session: Session): Promise<Repairs> =>
  session.one<Repairs>(statement('ledger/audit/count_repairs'));

/** Owes what is missing or differs, in the caller's transaction. Returns the number of rows. */
export async function oweFindings(writer: Session, run: Run): Promise<number> {
  const owed = [
    ...(await writer.run<{ entity: string; entity_id: string }>(statement('ledger/audit/owe_findings'))),
    // After the documents, because a merge takes its documents back.
    ...(await writer.run<{ entity: string; entity_id: string }>(statement('ledger/audit/owe_merges'))),
    ...(await writer.run<{ entity: string; entity_id: string }>(statement('ledger/audit/owe_former_mrns'))),
  ];
  await writer.run(statement('ledger/audit/list_owed'), [
    run.number,
    owed.map(({ entity }) => entity),
    owed.map(({ entity_id }) => entity_id),
  ]);
  await writer.run(statement('ledger/audit/store_repairs'), [run.number, owed.length]);
  return owed.length;
}
