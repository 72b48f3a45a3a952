/**
 * Finds our documents in Redox's list of a patient's documents. Nothing documents that the list has the ids that were pushed, so there are
 * three rules, each for what the ones before left over:
 *
 *   id       the id that was pushed
 *   id_end   our part of it at the end of the listed one: Redox may put another root before it
 *   visit    the same type, and the same visit or the same time
 *
 * Several listed documents may be versions of one.
 */
import { instantOf } from './held-value.ts';

export const matchRules = ['id', 'id_end', 'visit'] as const;
export type MatchRule = (typeof matchRules)[number];

export interface SentDocument {
  /** `Header.Document.ID`. */
  readonly documentId: string;
  /** LOINC. */
  readonly typeCode: string | null;
  /** Null for a patient's summary. */
  readonly visitId: string | null;
  readonly startsAt: string | null;
  /** `Header.Document.DateTime` of the last push; null if the ledger has none. */
  readonly pushedAt: Date | null;
}

/** A document of Redox's list. What the list leaves out is null. */
export interface ListedDocument {
  readonly id: string;
  readonly typeCode: string | null;
  readonly dateTime: string | null;
  readonly visitId: string | null;
  readonly visitStart: string | null;
  readonly visitEnd: string | null;
}

export interface Match {
  readonly rule: MatchRule;
  /** At least one; the newest first. */
  readonly listed: readonly [ListedDocument, ...ListedDocument[]];
}

export interface Matched<Sent extends SentDocument> {
  readonly matches: ReadonlyMap<Sent, Match>;
  /** Listed documents without a document of ours. */
  readonly others: readonly ListedDocument[];
}

export function matchDocuments<Sent extends SentDocument>(
  sent: readonly Sent[],
  listed: readonly ListedDocument[],
): Matched<Sent> {
  const matches = new Map<Sent, Match>();
  const taken = new Set<ListedDocument>();
  for (const rule of matchRules) {
    const candidatesOf = candidates(rule, listed);
    for (const document of sent) {
      if (matches.has(document)) continue;
      const fitting = candidatesOf(document)
        .filter((one) => !taken.has(one) && fits[rule](document, one))
        .sort(newestFirst);
      const [first, ...more] = rule === 'visit' && isByTimeAlone(fitting) ? closest(document, fitting) : fitting;
      if (first === undefined) continue;
      matches.set(document, { rule, listed: [first, ...more] });
      for (const one of [first, ...more]) taken.add(one);
    }
  }
  return { matches, others: listed.filter((one) => !taken.has(one)) };
}

/**
 * Listed documents that may fit one of ours, in the order of the list: those that share a key with it. A patient may have thousands, and to
 * compare each with each would take minutes.
 */
function candidates(rule: MatchRule, listed: readonly ListedDocument[]): (sent: SentDocument) => ListedDocument[] {
  const { ofSent, ofListed } = keys[rule];
  const placesByKey = new Map<string, number[]>();
  for (const [place, one] of listed.entries()) {
    for (const key of ofListed(one)) {
      const places = placesByKey.get(key);
      if (places === undefined) placesByKey.set(key, [place]);
      else places.push(place);
    }
  }
  return (sent) => {
    const places = ofSent(sent).flatMap((key) => placesByKey.get(key) ?? []);
    return places.sort((one, other) => one - other).flatMap((place) => listed[place] ?? []);
  };
}

/** A document of ours and a listed one that fit by a rule share a key. */
interface Keys {
  readonly ofSent: (sent: SentDocument) => readonly string[];
  readonly ofListed: (listed: ListedDocument) => readonly string[];
}

const keys: Readonly<Record<MatchRule, Keys>> = {
  id: { ofSent: ({ documentId }) => [documentId], ofListed: ({ id }) => [id] },
  id_end: { ofSent: (sent) => [endOf(sent)], ofListed: ({ id }) => endsOf(id) },
  visit: {
    ofSent: ({ visitId, startsAt, pushedAt }) => [
      ...(visitId === null ? [] : [`visit ${visitId}`]),
      ...secondsOf('start', startsAt, [-1, 0, 1]),
      ...secondsOf('push', pushedAt?.toISOString() ?? null, [-1, 0, 1]),
    ],
    ofListed: ({ visitId, visitStart, dateTime }) => {
      if (visitId !== null) return [`visit ${visitId}`];
      return visitStart === null ? secondsOf('push', dateTime, [0]) : secondsOf('start', visitStart, [0]);
    },
  },
};

/** Our part of the id, with the sign before it. */
const endOf = ({ documentId }: SentDocument): string => documentId.slice(documentId.indexOf('^'));

/** Longer than any id of ours, and with more signs. */
const longestEnd = 4_096;
const mostEnds = 8;

/** The ends of a listed id that begin with the sign. An id of nothing but signs would have megabytes of them. */
function endsOf(id: string): string[] {
  const text = id.slice(-longestEnd);
  const ends: string[] = [];
  for (let at = text.lastIndexOf('^'); at >= 0 && ends.length < mostEnds; at = text.lastIndexOf('^', at - 1)) {
    ends.push(text.slice(at));
    if (at === 0) break;
  }
  return ends;
}

function secondsOf(what: string, time: string | null, around: readonly number[]): string[] {
  const at = instantOf(time ?? '');
  return at === null ? [] : around.map((more) => `${what} ${Math.floor(at / 1_000) + more}`);
}

const fits: Readonly<Record<MatchRule, (sent: SentDocument, listed: ListedDocument) => boolean>> = {
  id: (sent, listed) => listed.id === sent.documentId,
  id_end: (sent, { id }) => id.endsWith(endOf(sent)),
  visit: isOfVisit,
};

/** What both sides name has to agree, and visit or time has to be named. */
function isOfVisit(sent: SentDocument, listed: ListedDocument): boolean {
  if (listed.typeCode !== null && sent.typeCode !== null && listed.typeCode !== sent.typeCode) return false;
  if (listed.visitId !== null) return sent.visitId === listed.visitId;
  if (listed.visitStart !== null) return isSameTime(listed.visitStart, sent.startsAt);
  return isSameTime(listed.dateTime, sent.pushedAt?.toISOString() ?? null);
}

/** Nothing but a time tells them apart, and another document may have been pushed in the same second. */
const isByTimeAlone = (listed: readonly ListedDocument[]): boolean =>
  listed.some(({ visitId, visitStart }) => visitId === null && visitStart === null);

function closest({ pushedAt }: SentDocument, listed: readonly ListedDocument[]): readonly ListedDocument[] {
  const farOf = ({ dateTime }: ListedDocument): number =>
    Math.abs((instantOf(dateTime ?? '') ?? 0) - (pushedAt?.getTime() ?? 0));
  return [...listed].sort((one, other) => farOf(one) - farOf(other)).slice(0, 1);
}

/** To the second: a list may leave fractions out. */
export function isSameTime(one: string | null, other: string | null): boolean {
  const [a, b] = [instantOf(one ?? ''), instantOf(other ?? '')];
  return a !== null && b !== null && Math.abs(a - b) < 1_000;
}

const newestFirst = (one: ListedDocument, other: ListedDocument): number =>
  (instantOf(other.dateTime ?? '') ?? 0) - (instantOf(one.dateTime ?? '') ?? 0);
