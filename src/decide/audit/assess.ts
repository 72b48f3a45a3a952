/**
 * Assesses one patient by what Redox answered.
 *
 *   patient    no hit by identifier                                        missing
 *              a hit that lacks or contradicts the message                 differs
 *              no such hit by names, birth date and ZIP                    not_findable
 *              another patient that the ledger has no MRN of               unexpected
 *   document   not in the list                                             missing
 *              in the list with other times, type or an older version      differs
 *   list       a document that is none of the ledger's                     the patient is unexpected
 *   merge      the retired MRN finds a patient who is not the survivor     missing (`merged-record.ts`)
 *              the patient's former MRN finds anyone else                  missing, with the patient's own id
 *
 * What was not answered is unanswered and never missing.
 */
import type { JsonObject } from '../../json.ts';
import { lookAtMerged, type MergedRecord } from './merged-record.ts';
import type { ListedDocument, Match, Matched, SentDocument } from './match-documents.ts';
import { differingGroups, hasIdentifier, identifiersOf } from './same-patient.ts';
import type { Search } from './search.ts';
import { type CdaFacts, differingContent } from './cda.ts';
import { type AuditGroup, differingParts } from './same-document.ts';

/** Every patient and document of an audit is exactly one of these. */
export const auditResults = [
  'found',
  'not_findable',
  'differs',
  'missing',
  'unexpected',
  'not_yet_synced',
  'unanswered',
] as const;
export type AuditResult = (typeof auditResults)[number];

export type Listing =
  { readonly kind: 'unanswered' } | { readonly kind: 'answered'; readonly documents: readonly ListedDocument[] };

export interface AuditedDocument extends SentDocument {
  readonly entity: 'encounter' | 'summary';
  readonly entityId: string;
  /** `Header.Document` of its message; null if it need not be there as it is: then it is not assessed. */
  readonly header: JsonObject | null;
  /** A merge brought it from another patient, whose MRN its text may name. */
  readonly wasMoved: boolean;
  /** `VersionNumber` of the last push. */
  readonly version: number;
}

/** A patient who should be at Redox as the message says. */
export interface AuditedPatient {
  readonly patientId: string;
  readonly mrn: string;
  /** `Patient` of the message. */
  readonly sent: JsonObject;
  readonly documents: readonly AuditedDocument[];
  /** The records that were merged into this patient. */
  readonly merged: readonly MergedRecord[];
}

export interface Answers {
  readonly byIdentifier: Search;
  /** Null if the message lacks a key, or if the patient is missing anyway. */
  readonly byKeys: Search | null;
  readonly listing: Listing;
  /** Our documents in the list; null if there is no list. */
  readonly matched: Matched<AuditedDocument> | null;
  /** What documents that were read say of themselves. */
  readonly texts: ReadonlyMap<AuditedDocument, DocumentText>;
  /** Searches for the MRNs of merged records; empty where answers do not tell merges that were made. */
  readonly byRetired: ReadonlyMap<MergedRecord, Search>;
}

export type DocumentText = CdaFacts | 'unanswered' | 'unreadable';

export interface Knowledge {
  readonly patientOid: string;
  readonly isKnown: (mrn: string) => boolean;
  /** Listed times are those of our pushes, so an older one is an older version. */
  readonly timesAreVersions: boolean;
}

export interface Finding {
  readonly entity: 'patient' | 'merge' | 'encounter' | 'summary';
  /** Of a merge: the retired patient. */
  readonly entityId: string;
  readonly result: AuditResult;
  readonly groups: readonly AuditGroup[];
  /** The particular case, from a closed list; null if the result is enough. */
  readonly detail: 'match_key_missing' | 'not_findable' | 'patient' | 'document' | null;
}

export interface Assessment {
  readonly patientId: string;
  readonly patient: Finding;
  readonly documents: readonly Finding[];
  /** One per merge into the patient that was asked about. */
  readonly merges: readonly Finding[];
  /** Listed documents that the ledger lacks. */
  readonly unexpectedDocuments: number;
  /** Other patients that the ledger lacks. */
  readonly unexpectedPatients: number;
}

export function assess(patient: AuditedPatient, answers: Answers, knowledge: Knowledge): Assessment {
  const { matched, listing } = answers;
  const merged = new Set([...answers.byRetired.keys()].map(({ mrn }) => mrn));
  const unexpectedPatients = strangersOf(patient, answers, knowledge.patientOid).filter(
    (mrn) => !knowledge.isKnown(mrn) && !merged.has(mrn),
  ).length;
  const unexpectedDocuments = matched?.others.length ?? 0;
  const found = assessPatient(patient, answers, knowledge.patientOid);
  const isUnexpected = found.result === 'found' && unexpectedPatients + unexpectedDocuments > 0;
  return {
    patientId: patient.patientId,
    patient: isUnexpected
      ? { ...found, result: 'unexpected', detail: unexpectedPatients > 0 ? 'patient' : 'document' }
      : found,
    documents: patient.documents.map((document) => {
      const match = listing.kind === 'unanswered' ? null : (matched?.matches.get(document) ?? 'none');
      return assessDocument(document, match, answers.texts.get(document), { ...knowledge, mrn: patient.mrn });
    }),
    merges: oneEach(
      [...answers.byRetired].map(([record, search]) => assessMerge(record, search, patient.mrn, knowledge)),
    ),
    unexpectedDocuments,
    unexpectedPatients,
  };
}

/** The MRNs of other patients among the hits. */
export function strangersOf(
  { mrn }: AuditedPatient,
  { byIdentifier, byKeys }: Pick<Answers, 'byIdentifier' | 'byKeys'>,
  patientOid: string,
): readonly string[] {
  const hits = [byIdentifier, byKeys].flatMap((search) => (search?.kind === 'answered' ? search.patients : []));
  const mrns = hits
    .filter((hit) => !hasIdentifier(hit, mrn, patientOid))
    .map((hit) => identifiersOf(hit, patientOid)[0]);
  return [...new Set(mrns.flatMap((one) => one ?? []))];
}

function assessPatient(patient: AuditedPatient, { byIdentifier, byKeys }: Answers, patientOid: string): Finding {
  const finding = (result: AuditResult, over: Partial<Finding> = {}): Finding => ({
    entity: 'patient',
    entityId: patient.patientId,
    result,
    groups: [],
    detail: null,
    ...over,
  });
  if (byIdentifier.kind === 'unanswered') return finding('unanswered');
  const { patients, isIncomplete } = byIdentifier;
  const own = patients.filter((hit) => hasIdentifier(hit, patient.mrn, patientOid));
  const [first, ...more] = own.length > 0 ? own : patients;
  if (first === undefined) return finding(isIncomplete ? 'unanswered' : 'missing');
  const groups = differingGroups(patient.sent, first);
  if (groups.length > 0) return finding('differs', { groups });
  // Two records under one identifier: nobody can tell which one others are given.
  if (own.length > 0 && more.length > 0) return finding('unexpected', { detail: 'patient' });
  if (byKeys === null) return finding('found', { detail: 'match_key_missing' });
  if (byKeys.kind === 'unanswered') return finding('unanswered');
  if (byKeys.patients.some((hit) => hasIdentifier(hit, patient.mrn, patientOid))) return finding('found');
  return byKeys.isIncomplete ? finding('unanswered') : finding('not_findable', { detail: 'not_findable' });
}

/** `match`: null if Redox gave no list. `text`: undefined if the document was not read. */
function assessDocument(
  document: AuditedDocument,
  match: Match | 'none' | null,
  text: DocumentText | undefined,
  knowledge: Knowledge & { readonly mrn: string },
): Finding {
  const { entity, entityId, header } = document;
  const finding = (result: AuditResult, groups: readonly AuditGroup[] = []): Finding => ({
    entity,
    entityId,
    result,
    groups,
    detail: null,
  });
  if (header === null) return finding('not_yet_synced');
  if (match === null) return finding('unanswered');
  if (match === 'none') return finding('missing');
  const listed = differingParts(document, header, match.listed[0], knowledge);
  if (text === 'unanswered' && listed.length === 0) return finding('unanswered');
  const read =
    text === 'unreadable'
      ? (['clinical'] as const)
      : typeof text === 'object'
        ? differingContent(document, text, knowledge)
        : [];
  const groups = [...new Set([...listed, ...read])].sort();
  return groups.length === 0 ? finding('found') : finding('differs', groups);
}

function assessMerge(
  { retiredId, mrn }: MergedRecord,
  search: Search,
  survivorMrn: string,
  { patientOid }: Knowledge,
): Finding {
  const results = { merged: 'found', hidden: 'found', itself: 'missing', unanswered: 'unanswered' } as const;
  const result = results[lookAtMerged(search, { mrn, survivorMrn, patientOid })];
  return { entity: 'merge', entityId: retiredId, result, groups: [], detail: null };
}

/** A patient may have had several MRNs: the worst result counts. */
function oneEach(merges: readonly Finding[]): readonly Finding[] {
  const worst = new Map<string, Finding>();
  for (const result of ['found', 'unanswered', 'missing'] as const)
    for (const merge of merges) if (merge.result === result) worst.set(merge.entityId, merge);
  return [...worst.values()];
}

const wrongResults: ReadonlySet<AuditResult> = new Set(['not_findable', 'differs', 'missing', 'unexpected']);

/** How a patient counts: wrong if anything of theirs is; unanswered if something was not answered and the rest is right. */
export function verdictOn({ patient, documents, merges }: Assessment): 'right' | 'wrong' | 'unanswered' {
  const results = [patient, ...documents, ...merges].map(({ result }) => result);
  if (results.some((result) => wrongResults.has(result))) return 'wrong';
  return results.includes('unanswered') ? 'unanswered' : 'right';
}
