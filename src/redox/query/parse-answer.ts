/**
 * Reads the answers to queries. `Meta.EventType` proves nothing: documents name another event than recorded answers, which echo the
 * request's. No hit is an empty patient; no documents is a text in `Meta.Errors` of a 200, an empty list, or a 404.
 */
import type { Listing } from '../../decide/audit/assess.ts';
import type { Search } from '../../decide/audit/search.ts';
import type { ListedDocument } from '../../decide/audit/match-documents.ts';
import { type Exchange, verdictOf } from '../../decide/outcome.ts';
import { isObject, type JsonObject, type JsonValue, objectIn } from '../../json.ts';

/** `refused`: this key may not ask; every query would get the same answer. */
export type Answer =
  | { readonly kind: 'answered'; readonly body: JsonObject }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly why: 'no_subscription' | 'no_endpoint' | 'http_401' | 'http_403' }
  | { readonly kind: 'unanswered'; readonly why: string };

export function parseAnswer(exchange: Exchange): Answer {
  const { reason, answer } = verdictOf(exchange);
  if (exchange.kind === 'unanswered') return { kind: 'unanswered', why: reason ?? exchange.errorCode };
  if (reason !== null && lacksEndpoint.test(answer ?? '')) return { kind: 'refused', why: 'no_endpoint' };
  if (reason === 'no_subscription' || reason === 'http_401' || reason === 'http_403')
    return { kind: 'refused', why: reason };
  const body = objectIn(exchange.body);
  // Only Redox's own 404 says that there is nothing; a proxy's or a wrong address's does not.
  if (exchange.httpStatus === 404 && body !== null && isObject(body['Meta'])) return { kind: 'nothing' };
  if (reason === 'meta_errors' && foundNothing.test(answer ?? '')) return { kind: 'nothing' };
  if (reason !== null) return { kind: 'unanswered', why: reason };
  return body === null ? { kind: 'unanswered', why: 'unreadable_answer' } : { kind: 'answered', body };
}

const foundNothing = /could not find any documents|^not found$/i;

/** The directory resolves the organisation's OID to nothing. */
const lacksEndpoint = /repository url and certificate are required/i;

/** Bytes that are not UTF-8 were replaced: of such an answer nothing shows what Redox holds. */
const isDamaged = (part: JsonValue): boolean => JSON.stringify(part).includes('\uFFFD');

/** Null if the answer lacks all parts of a search, or is damaged. */
export function searchIn(body: JsonObject): Search | null {
  const { Patient: one, PotentialMatches: several } = body;
  if (!isObject(one) && !Array.isArray(several)) return null;
  if (isDamaged([one ?? null, several ?? null])) return null;
  const patients = [one ?? null, ...listOf(several)].filter((patient) => isObject(patient));
  const meta = body['Meta'];
  return {
    kind: 'answered',
    patients: patients.filter((patient) => Object.keys(patient).length > 0),
    isIncomplete: isObject(meta) && meta['IsIncomplete'] === true,
  };
}

/** Null if the answer lacks a list, or is damaged. */
export function listingIn(body: JsonObject): Listing | null {
  const documents = body['Documents'];
  if (!Array.isArray(documents) || isDamaged(documents)) return null;
  return {
    kind: 'answered',
    documents: listOf(documents)
      .filter((one) => isObject(one))
      .flatMap((one) => listedIn(one) ?? []),
  };
}

function listedIn(document: JsonObject): ListedDocument | null {
  const id = textOf(document['ID']);
  if (id === null) return null;
  const { Type: type, Visit: visit } = document;
  const of = (value: JsonValue | undefined, key: string): string | null =>
    isObject(value) ? textOf(value[key]) : null;
  return {
    id,
    typeCode: of(type, 'Code'),
    dateTime: textOf(document['DateTime']),
    visitId: of(visit, 'ID'),
    visitStart: of(visit, 'StartDateTime'),
    visitEnd: of(visit, 'EndDateTime'),
  };
}

/** The text of a document; null if the answer lacks it. */
export const documentIn = (body: JsonObject): string | null => {
  const inDocument = body['Document'];
  return textOf(body['Data']) ?? (isObject(inDocument) ? textOf(inDocument['Data']) : null);
};

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

/** An empty text counts as none. */
const textOf = (value: JsonValue | undefined): string | null => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : null;
};
