/** The planned calls of a run, a page at a time, each with its newest rows: what is delivered, or rehearsed. */
import type { Objection } from '../message/objection.ts';
import type { Ehr, FetchedPage, PageIds } from '../ehr/ehr.ts';
import {
  allLanes,
  type Call,
  encounterFacts,
  type LaneChoice,
  patientFacts,
  plannedCalls,
  summaryFacts,
} from '../ledger/record/calls.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readAhead } from '../async/read-ahead.ts';
import type { Services } from '../run/services.ts';
import type { Known } from './lane-facts.ts';
import { usualPageSize, withinBudget } from '../async/within-budget.ts';

/** Calls fetched together, unless their rows are too large. */
const callsPerPage = 500;
/** Sending waits for the first page, so it is small. */
const callsOfFirstPage = 64;

/** Largest text of the rows, in characters, and the largest number of calls. */
export interface PageLimits {
  /** Fetched together. */
  readonly calls: number;
  /** Of one page. */
  readonly pageSize: number;
  /** Of the lanes in flight. */
  readonly lanesSize: number;
  /** Of one call alone. */
  readonly callSize: number;
}

/** Rows are mostly smaller than their message, but removed markup and pictures can make them larger. */
export const pageLimits = (documentSizeLimitBytes: number, pageSize = usualPageSize / 2): PageLimits => ({
  calls: callsPerPage,
  pageSize,
  lanesSize: 2 * pageSize,
  callSize: 2 * Math.max(2 * pageSize, documentSizeLimitBytes),
});

interface Page {
  readonly calls: readonly Call[];
  readonly rows: FetchedPage;
  /** Why the rows of this page's single call were left out; null where rows were fetched. */
  readonly objection: Objection | null;
}

/** Waited for before the rows of these calls are fetched. */
export type BeforePage = (calls: readonly Call[]) => Promise<void>;

/** The planned calls with their newest rows, fetched one page ahead unless they may be large. */
export function pages(
  { ehr, ledger, run }: Services,
  limits: PageLimits,
  of: LaneChoice = allLanes,
  before?: BeforePage,
): AsyncGenerator<Page> {
  const planned = plannedCalls(ledger.reader, run, callsOfFirstPage, limits.calls, of);
  const calls = before === undefined ? planned : announced(planned, before);
  // A delivery must not wait at its end, because the EHR's machine may have vanished.
  return readAhead(fetchedPages(ehr, calls, limits), {
    waitsAfter: isLarge,
    waitsAtEnd: false,
  });
}

async function* announced(pages: AsyncIterable<readonly Call[]>, before: BeforePage): AsyncGenerator<readonly Call[]> {
  for await (const calls of pages) {
    await before(calls);
    yield calls;
  }
}

/**
 * Building large messages blocks the EHR's answers, and two such pages would be in memory at once. The next page is therefore fetched
 * when all calls of this one have started.
 */
const isLarge = ({ rows: { size }, calls }: Page): boolean => size > calls.length * largeCall;

/** Characters of the rows of a call that is built in some ten milliseconds. */
const largeCall = 100_000;

/** Calls with their newest rows, as many at a time as may be held at once. */
export async function* fetchedPages(
  ehr: Ehr,
  calls: AsyncIterable<readonly Call[]> | Iterable<readonly Call[]>,
  limits: Pick<PageLimits, 'pageSize' | 'callSize'>,
): AsyncGenerator<Page> {
  const fetch = (items: readonly Call[]): Promise<FetchedPage | null> =>
    ehr.fetchPageWithin(items.length === 1 ? limits.callSize : limits.pageSize, idsOf(items));
  const isSmall = ({ size }: FetchedPage): boolean => size * 2 < limits.pageSize;
  for await (const { items, found } of withinBudget(calls, { fetch, isSmall, cut: atLaneEnd })) {
    const objection = found === null ? await tooLarge(ehr, items, limits) : null;
    yield { calls: items, rows: found ?? noRows(), objection };
  }
}

const noRows = (): FetchedPage => ({
  patients: new Map(),
  encounters: new Map(),
  sections: new Map(),
  summaries: new Map(),
  details: new Map(),
  size: 0,
  sizes: new Map(),
  summarySizes: new Map(),
  detailSizes: new Map(),
});

async function tooLarge(
  ehr: Ehr,
  calls: readonly Call[],
  { callSize }: Pick<PageLimits, 'callSize'>,
): Promise<Objection> {
  const files = await ehr.sizes(idsOf(calls));
  return {
    reason: 'too_large',
    path: files[0]?.file ?? '',
    pathBytes: files[0]?.bytes ?? 0,
    messageBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    limitBytes: callSize,
  };
}

/**
 * Cuts a page before the lane that continues past `end`, so that the lane is fetched whole with the next page. A lane that fills the page
 * is cut at `end`.
 */
function atLaneEnd(calls: readonly Call[], from: number, end: number): number {
  let start = end;
  while (start > from && calls[start - 1]?.lane === calls[end]?.lane) start -= 1;
  return start > from ? start : end;
}

/** The ledger's facts of the page's rows. `needsSummaries`: also without a call for a summary on the page. */
export async function knownOf(
  { reader }: Ledger,
  { calls, rows, objection }: Page,
  needsSummaries = false,
): Promise<Known> {
  const { patientIds, encounterIds, summaryIds } = idsOf(calls);
  const patients = await patientFacts(reader, patientIds);
  const encounters = await encounterFacts(reader, encounterIds);
  if (summaryIds.length === 0 && !needsSummaries)
    return { rows, objection, patients, encounters, summaries: new Map() };
  const all = [...new Set([...patientIds, ...idsIn('summary', calls)])];
  return { rows, objection, patients, encounters, summaries: await summaryFacts(reader, all) };
}

/** A visit or summary is sent with its patient, a merge with both of its patients. */
function idsOf(calls: readonly Call[]): PageIds {
  const patients = new Set<string>();
  const encounters = new Set<string>();
  const details = new Set<string>();
  const summaries = new Set<string>();
  for (const { entity, entity_id, patient_id, event_type } of calls) {
    if (entity === 'patient' || entity === 'merge') patients.add(entity_id);
    patients.add(patient_id);
    if (entity === 'encounter') encounters.add(entity_id);
    if (entity === 'summary') summaries.add(patient_id);
    if (isAboutPatient.has(event_type)) details.add(entity_id);
  }
  return {
    patientIds: [...patients],
    encounterIds: [...encounters],
    summaryIds: [...summaries],
    detailIds: [...details],
  };
}

/** The messages about a patient alone. */
const isAboutPatient: ReadonlySet<Call['event_type']> = new Set(['NewPatient', 'PatientUpdate']);

const idsIn = (entity: Call['entity'], calls: readonly Call[]): string[] =>
  calls.filter((call) => call.entity === entity).map(({ entity_id }) => entity_id);

/** Cuts a page, which is in order, into the lanes' calls. */
export function* lanesIn(calls: readonly Call[]): Generator<readonly Call[]> {
  let start = 0;
  for (let at = 1; at <= calls.length; at += 1) {
    if (at < calls.length && calls[at]?.lane === calls[start]?.lane) continue;
    yield calls.slice(start, at);
    start = at;
  }
}
