/**
 * What Redox should have of patients: the ledger's facts, and messages built from the EHR's newest rows as a delivery builds them. A row that
 * changed since it was sent, or was sent just now, is not expected there yet.
 */
import { withinBudget } from '../async/within-budget.ts';
import type { EncounterRow, PatientRow } from '../contract/contract.ts';
import type { AuditedDocument, AuditedPatient } from '../decide/audit/assess.ts';
import type { MergedRecord } from '../decide/audit/merged-record.ts';
import { objectOf } from '../decide/audit/same-patient.ts';
import { pageLimits } from '../deliver/call-pages.ts';
import { CallPreparer } from '../deliver/prepare-call.ts';
import type { Ehr, Fetched, FetchedPage, FetchedRow } from '../ehr/ehr.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  auditedDocuments,
  auditedPatients,
  type Due,
  mergedRecords,
  type LedgerDocument,
  type LedgerPatient,
} from '../ledger/record/audit.ts';
import { type Call, patientFacts } from '../ledger/record/calls.ts';
import type { MessageContext } from '../message/context.ts';
import { buildSummaryPush, summaryIdOf } from '../message/document/summary.ts';
import { buildVisitPush } from '../message/document/visit.ts';

export interface Expecting {
  readonly ehr: Ehr;
  readonly ledger: Pick<Ledger, 'reader' | 'fingerprints'>;
  readonly context: MessageContext;
  readonly due: Due;
  readonly documentSizeLimitBytes: number;
  readonly now: Date;
}

export interface Expected {
  readonly patients: readonly AuditedPatient[];
  /** Ids of patients whose rows change or were sent just now. */
  readonly notSynced: readonly string[];
}

export async function expectAtRedox(ids: readonly string[], expecting: Expecting): Promise<Expected> {
  const { ehr, ledger, due } = expecting;
  const known = await auditedPatients(ledger.reader, ids, due);
  const candidates = known.filter(({ is_due }) => is_due);
  const built = await buildPatients(candidates, expecting);
  const documents = await auditedDocuments(ledger.reader, [...built.keys()], due);
  const visits = await fetchVisits(ehr, documents);
  const documentsOf = new Map<string, LedgerDocument[]>();
  for (const document of documents) {
    documentsOf.set(document.patient_id, [...(documentsOf.get(document.patient_id) ?? []), document]);
  }
  const mergedOf = new Map<string, MergedRecord[]>();
  for (const { retired_id, mrn, patient_id } of await mergedRecords(
    ledger.reader,
    [...built.keys()],
    due.confirmWithinMs,
  )) {
    mergedOf.set(patient_id, [...(mergedOf.get(patient_id) ?? []), { retiredId: retired_id, mrn }]);
  }
  const patients = [...built].map(([patientId, { mrn, sent, row }]) => ({
    patientId,
    mrn,
    sent,
    merged: mergedOf.get(patientId) ?? [],
    documents: (documentsOf.get(patientId) ?? []).map((document) =>
      documentOf(document, headerOf(document, { mrn, row, visits }, expecting), expecting.context),
    ),
  }));
  const isExpected = new Set(built.keys());
  return { patients, notSynced: known.map(({ patient_id }) => patient_id).filter((id) => !isExpected.has(id)) };
}

interface BuiltPatient {
  readonly mrn: string;
  /** `Patient` of the message. */
  readonly sent: JsonObject;
  readonly row: PatientRow;
}

/** The patients whose row and message are those that were sent. */
async function buildPatients(
  candidates: readonly LedgerPatient[],
  { ehr, ledger, context, documentSizeLimitBytes, now }: Expecting,
): Promise<ReadonlyMap<string, BuiltPatient>> {
  const limits = pageLimits(documentSizeLimitBytes);
  const preparer = new CallPreparer(ledger.fingerprints, context, ehr, now);
  const facts = await patientFacts(
    ledger.reader,
    candidates.map(({ patient_id }) => patient_id),
  );
  const fetch = (items: readonly LedgerPatient[]): Promise<FetchedPage | null> => {
    const patientIds = items.map(({ patient_id }) => patient_id);
    const most = items.length === 1 ? limits.callSize : limits.pageSize;
    return ehr.fetchPageWithin(most, { patientIds, encounterIds: [], summaryIds: [], detailIds: patientIds });
  };
  const isSmall = ({ size }: FetchedPage): boolean => size * 2 < limits.pageSize;
  const built = new Map<string, BuiltPatient>();
  for await (const { items, found: rows } of withinBudget([candidates], { fetch, isSmall })) {
    if (rows === null) continue;
    const known = { rows, objection: null, patients: facts, encounters: new Map(), summaries: new Map() };
    for (const patient of items) {
      const prepared = preparer.prepare(updateOf(patient), known);
      const row = rows.patients.get(patient.patient_id)?.[0]?.row;
      if (row === undefined || !('synced' in prepared)) continue;
      const { synced, message } = prepared;
      const isAsSent =
        synced?.rowFingerprint === patient.row_fingerprint &&
        (patient.message_fingerprint === null || synced.messageFingerprint === patient.message_fingerprint);
      if (isAsSent) built.set(patient.patient_id, { mrn: patient.mrn, sent: objectOf(message['Patient']), row });
    }
  }
  return built;
}

/** The call that would tell Redox of the patient again. */
const updateOf = ({ patient_id }: LedgerPatient): Call => ({
  call_id: 0,
  rank: 0,
  lane: patient_id,
  position: 0,
  event_type: 'PatientUpdate',
  entity: 'patient',
  entity_id: patient_id,
  patient_id,
  row_patient_id: null,
  mrn: null,
  planned_mrn: null,
  forced: false,
  reason: null,
  scanned_fingerprint: null,
});

/** Rows of visits without their clinical content: a fingerprint of the row covers it. */
const visitsPerFetch = 500;

async function fetchVisits(ehr: Ehr, documents: readonly LedgerDocument[]): Promise<Fetched<'encounter'>> {
  const ids = documents.flatMap(({ entity, entity_id, is_due }) =>
    entity === 'encounter' && is_due ? [entity_id] : [],
  );
  const found: Fetched<'encounter'> = new Map();
  for (let from = 0; from < ids.length; from += visitsPerFetch) {
    const page = await ehr.fetch('encounter', ids.slice(from, from + visitsPerFetch));
    for (const [id, rows] of page) found.set(id, rows);
  }
  return found;
}

interface Around {
  readonly mrn: string;
  readonly row: PatientRow;
  readonly visits: Fetched<'encounter'>;
}

/** `Header.Document` of the document's message without its sections; null if it is not expected as it is. */
function headerOf(document: LedgerDocument, { mrn, row, visits }: Around, expecting: Expecting): JsonObject | null {
  if (!document.is_due) return null;
  const { context, ledger, now } = expecting;
  const version = { number: document.document_version, madeAt: document.document_time ?? now };
  const push = { mrn, version };
  if (document.entity === 'summary') {
    return documentIn(buildSummaryPush(document.entity_id, row, push, context).message);
  }
  const visit = soleRow(visits.get(document.entity_id));
  if (visit?.row.patient_id !== document.row_patient_id) return null;
  if (ledger.fingerprints.row('encounter', Buffer.from(visit.line)) !== document.row_fingerprint) return null;
  return documentIn(buildVisitPush(visit.row satisfies EncounterRow, row, push, context).message);
}

const soleRow = (rows: readonly FetchedRow<'encounter'>[] | undefined): FetchedRow<'encounter'> | null => {
  const [row, another] = rows ?? [];
  return row === undefined || another !== undefined ? null : row;
};

const documentIn = (message: JsonObject): JsonObject => objectOf(objectOf(message['Header'])['Document']);

function documentOf(
  document: LedgerDocument,
  header: JsonObject | null,
  { documentOid }: MessageContext,
): AuditedDocument {
  const { entity, entity_id, document_version, document_time } = document;
  const visit = objectOf(header?.['Visit']);
  const id = entity === 'summary' ? summaryIdOf(entity_id) : entity_id;
  return {
    entity,
    entityId: entity_id,
    header,
    version: document_version,
    wasMoved: document.row_patient_id !== document.patient_id,
    documentId: `${documentOid}^${id}`,
    typeCode: textOf(objectOf(header?.['TypeCode'])['Code']),
    visitId: entity === 'summary' ? null : entity_id,
    startsAt: textOf(visit['StartDateTime']),
    pushedAt: document_time,
  };
}

const textOf = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null);
