/** The planned calls of a run, a page at a time, each with its newest rows: what is delivered, or rehearsed. */
import type { Ehr } from '../ehr/ehr.ts';
import { allLanes, type Call, encounterFacts, type LaneChoice, patientFacts, plannedCalls } from '../ledger/calls.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Run } from '../ledger/run.ts';
import type { LaneFacts } from './lane.ts';

/** Calls whose rows are fetched together. */
const pageSize = 500;
/** Nothing is sent until the first page is there, so it is small. */
const firstPageSize = 64;
interface PageSource {
  readonly ehr: Ehr;
  readonly ledger: Ledger;
  readonly run: Run;
}

export interface Page {
  readonly calls: readonly Call[];
  readonly rows: Awaited<ReturnType<Ehr['fetchPage']>>;
}

/**
 * The planned calls with their newest rows; the next ones are being fetched while a page is sent. Not by `read-ahead.ts`, which waits
 * for a page that is under way when it is left: a delivery may stop because the machine that would answer has vanished.
 */
export async function* pages({ ehr, ledger, run }: PageSource, of: LaneChoice = allLanes): AsyncGenerator<Page> {
  const source = plannedCalls(ledger.reader, run, firstPageSize, pageSize, of);
  const fetchNext = async (): Promise<Page | null> => {
    const next = await source.next();
    if (next.done === true) return null;
    const calls = next.value;
    return { calls, rows: await ehr.fetchPage(patientIdsOf(calls), encounterIdsOf(calls)) };
  };
  let ahead = fetchNext();
  for (;;) {
    const page = await ahead;
    if (page === null) return;
    ahead = fetchNext();
    // Its failure is thrown when its turn comes; it is not a stray one until then.
    ahead.catch(() => undefined);
    yield page;
  }
}

export async function knownOf(
  { ledger }: Pick<PageSource, 'ledger'>,
  { calls, rows }: Page,
): Promise<ConstructorParameters<typeof LaneFacts>[0]> {
  return {
    rows,
    patients: await patientFacts(ledger.reader, patientIdsOf(calls)),
    encounters: await encounterFacts(ledger.reader, encounterIdsOf(calls)),
  };
}

/** A visit is told with its patient, a merge with both of its patients. */
const patientIdsOf = (calls: readonly Call[]): string[] => [
  ...new Set(
    calls.flatMap((call) => (call.entity === 'encounter' ? [call.patient_id] : [call.entity_id, call.patient_id])),
  ),
];

const encounterIdsOf = (calls: readonly Call[]): string[] =>
  calls.filter(({ entity }) => entity === 'encounter').map(({ entity_id }) => entity_id);

/** Cuts a page, which is in order, into the lanes' calls. */
export function* lanesIn(calls: readonly Call[]): Generator<readonly Call[]> {
  let start = 0;
  for (let at = 1; at <= calls.length; at += 1) {
    if (at < calls.length && calls[at]?.lane === calls[start]?.lane) continue;
    yield calls.slice(start, at);
    start = at;
  }
}
