import { createHash } from 'node:crypto';
import {
  type CheckedContract,
  type CheckedQuery,
  type CheckedSection,
  rowQueries,
} from '../contract/contract-query.ts';
import type { ContractWarning, EhrSession, RawRow } from '../engine.ts';

/** Rows of each query that are read in several zones. */
export const rowsCompared = 100;
/**
 * Far east and far west of UTC. A date needs both: east, only a moment after ten in the morning
 * (UTC) is on another day, and west, only one before two in the afternoon.
 */
const farZones = ['east', 'west'] as const;

/** For a site at UTC, the zone of the session is right. */
const isUtc = (zone: string): boolean => /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich)$/i.test(zone);

/** The last comparison of this process, by its question: `schedule` asks it for every intraday. */
let last: { readonly question: string; readonly warnings: readonly ContractWarning[] } | null = null;

/**
 * Warns of columns that a query computes in the time zone of the session, as `to_timestamp(text, format)` does: the
 * session is in UTC, but the text is wall-clock time. The same rows are read in one snapshot, in UTC and in two zones
 * far from it; a column that then means another moment depends on the zone of the session.
 */
export async function warnOfSessionZone(
  session: EhrSession,
  contract: CheckedContract,
  timeZone: string,
): Promise<readonly ContractWarning[]> {
  if (isUtc(timeZone)) return [];
  const { sections } = contract;
  const texts = [...rowQueries(contract), ...sections].map(({ file, text }) => [file, text]);
  const question = createHash('sha256')
    .update(JSON.stringify([session.url.reveal(), timeZone, texts]))
    .digest('hex');
  if (last?.question === question) return last.warnings;
  const warnings: ContractWarning[] = [];
  let visits: string[] = [];
  for (const query of rowQueries(contract)) {
    const rows = await compare(session, query, null);
    warnings.push(...warning(query, rows, session.types.zoneRemedy));
    if (query.entity === 'encounter') visits = [...new Set(rows.flatMap(([row]) => row['encounter_id'] ?? []))];
  }
  for (const section of visits.length === 0 ? [] : sections) {
    warnings.push(...warning(section, await compare(session, section, visits), session.types.zoneRemedy));
  }
  // Without rows there was nothing to compare.
  if (visits.length > 0) last = { question, warnings };
  return warnings;
}

type Row = RawRow;
/** One row read in UTC, in another zone, and in UTC again. */
type Compared = readonly [Row, Row, Row];

async function compare(
  session: EhrSession,
  query: CheckedQuery | CheckedSection,
  ids: readonly string[] | null,
): Promise<Compared[]> {
  const compared = await session.inZones(query, ids, async (read) => {
    const first = await read('utc');
    const found: Compared[] = [];
    for (const zone of farZones) {
      const shifted = await read(zone);
      const again = isAlike(first, shifted) ? first : await read('utc');
      found.push(...inPairs(first, shifted, again));
    }
    return found;
  });
  return compared ?? [];
}

/** Usually true, and then a third read is needless. */
const isAlike = (first: readonly Row[], shifted: readonly Row[]): boolean =>
  first.every((row, index) => Object.keys(row).every((column) => !isElse(row[column], shifted[index]?.[column])));

/** Pairs the same rows of three reads. A query that varies in order or in rows yields no evidence. */
function inPairs(first: readonly Row[], shifted: readonly Row[], again: readonly Row[]): Compared[] {
  return first.flatMap((row, index) => {
    const [other, once] = [shifted[index], again[index]];
    if (other === undefined || once === undefined) return [];
    return sameKeys(row, other) && sameKeys(row, once) ? [[row, other, once] as const] : [];
  });
}

const keys = ['patient_id', 'encounter_id', 'retired_patient_id', 'surviving_patient_id'];
const sameKeys = (one: Row, other: Row): boolean => keys.every((key) => one[key] === other[key]);

function warning(
  { file, known }: CheckedQuery | CheckedSection,
  rows: readonly Compared[],
  remedy: string,
): ContractWarning[] {
  const columns = known.filter((column) => rows.some((row) => isMadeInTheSession(column, row)));
  if (columns.length === 0) return [];
  const message = `${file} makes ${columns.join(', ')} in the time zone of the session, which is always UTC. ${remedy}`;
  return [{ file, message }];
}

/** A value that changes by itself, such as a clock or a random one, proves nothing about zones. */
const isMadeInTheSession = (column: string, [row, other, again]: Compared): boolean =>
  isElse(row[column], other[column]) && !isElse(row[column], again[column]);

function isElse(one: string | null | undefined, other: string | null | undefined): boolean {
  if (one === other) return false;
  const [a, b] = [momentOf(one), momentOf(other)];
  return a === null || a !== b;
}

/** A text with an offset means one moment, in any notation. */
function momentOf(text: string | null | undefined): number | null {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d)(?::?(\d\d))?$/.exec(text ?? '');
  if (parts === null) return null;
  const [, date = '', time = '', hours = '', minutes = '00'] = parts;
  return Date.parse(`${date}T${time}${hours === 'Z' ? 'Z' : `${hours}:${minutes}`}`);
}
