/** Asks Redox about patients: two searches, the list of documents, a search for each record merged into them, and with `--content` each document. */
import { readCda } from '../decide/audit/cda.ts';
import type { Answers, AuditedDocument, AuditedPatient, DocumentText } from '../decide/audit/assess.ts';
import type { Search } from '../decide/audit/search.ts';
import { matchDocuments } from '../decide/audit/match-documents.ts';
import type { MergedRecord } from '../decide/audit/merged-record.ts';
import { matchKeysOf } from '../decide/audit/same-patient.ts';
import type { Queries } from '../redox/query/queries.ts';

export interface Looked {
  readonly patient: AuditedPatient;
  readonly answers: Answers;
}

interface Asking {
  readonly queries: Queries;
  readonly hasContent: boolean;
  /** Whether answers for retired MRNs tell merges that were made. */
  readonly showsMerges: boolean;
  /** Once aborted, queries that wait reject, and their patients are left out. */
  readonly stop: AbortSignal;
  readonly onLooked: () => void;
}

/** The patients of whom everything was asked. Rejects once nothing is under way any more. */
export async function askAbout(patients: readonly AuditedPatient[], asking: Asking): Promise<readonly Looked[]> {
  const ends = await Promise.allSettled(patients.map((patient) => askOne(patient, asking)));
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (failures.length > 0 && !asking.stop.aborted) throw failures[0];
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}

async function askOne(patient: AuditedPatient, asking: Asking): Promise<Looked> {
  const { queries, hasContent, onLooked } = asking;
  const { mrn, sent } = patient;
  const byIdentifier = await queries.byIdentifier(patient);
  const keys = matchKeysOf(sent);
  const isThere = byIdentifier.kind === 'answered' && byIdentifier.patients.length > 0;
  const byKeys = keys === null || !isThere ? null : await queries.byKeys(keys);
  const listing = await queries.documentsOf(mrn);
  const matched = listing.kind === 'unanswered' ? null : matchDocuments(patient.documents, listing.documents);
  const texts = new Map<AuditedDocument, DocumentText>();
  for (const [document, { listed }] of hasContent ? (matched?.matches ?? []) : []) {
    if (document.header === null) continue;
    const text = await queries.document(listed[0].id);
    texts.set(document, text === null ? 'unanswered' : (readCda(text) ?? 'unreadable'));
  }
  const byRetired = await askAboutMerged(patient, asking);
  onLooked();
  return { patient, answers: { byIdentifier, byKeys, listing, matched, texts, byRetired } };
}

async function askAboutMerged(
  { merged }: AuditedPatient,
  { queries: { byMrn }, showsMerges }: Asking,
): Promise<ReadonlyMap<MergedRecord, Search>> {
  const found = new Map<MergedRecord, Search>();
  if (byMrn === null || !showsMerges) return found;
  for (const record of merged) found.set(record, await byMrn(record.mrn));
  return found;
}
