/**
 * Composes SQL at run time, in this file alone: a site's contract query becomes the FROM of ours. The parts are that
 * query, column names from our own fixed list, and expressions chosen by type. Data values are never composed in.
 */
import { canonicalColumns, scannedColumns } from '../../contract/contract.ts';
import {
  fromContract,
  givenColumns,
  matchKeys,
  requiredUpdatedAt,
  requireVisitTimes,
  tooLarge,
} from '../contract/composed-query.ts';
import { keyOf, type CheckedContract, type CheckedQuery, type FetchedBesides } from '../contract/contract-query.ts';
import { keyTypeOf } from './type-rules.ts';
import { unreadable } from '../engine.ts';
import type { Selection } from '../read/selection.ts';
import { endOf, from, readUpdatedAt, startOf, until, type UpdatedAtReading } from './sql-instant.ts';

/**
 * COPY of one line per selected row: `updated_at` (`merged_at` for a merge) as an instant in UTC, then the columns that the site
 * provides. The others would be null in every line.
 */
export function scanText(query: CheckedQuery, selection: Selection): string {
  const columns = scannedColumns(query.entity, query.columns).map((column) => `contract.${column}`);
  return `COPY (SELECT ${[updatedAtText(query), ...columns].join(', ')}\n${fromContract(query.text)}\n${selectedText(query, selection)}) TO STDOUT`;
}

type Query = CheckedQuery | FetchedBesides;

/**
 * The rows of the ids in `$1`: `updated_at`, all canonical columns, and a flag for an unreadable `updated_at`; of what is fetched besides,
 * the columns that the site provides, in the contract's order.
 */
export const fetchText = (query: Query): string =>
  'entity' in query ? `${selectText(query, unreadableUpdatedAt(query))}${keyCondition(query)}` : besidesText(query);

const fetchedColumns = (query: Query): readonly string[] =>
  'entity' in query
    ? [
        'updated_at',
        ...canonicalColumns[query.entity],
        ...(unreadableUpdatedAt(query).length === 0 ? [] : [unreadable]),
      ]
    : givenColumns(query);

function keyCondition(query: CheckedQuery): string {
  if (query.byId) return '';
  const key = keyOf(query);
  return `\nWHERE ${keyTypeOf(query.columns.get(key) ?? '').condition(`contract.${key}`)}`;
}

function besidesText(query: FetchedBesides): string {
  const given = givenColumns(query).map((column) => `contract.${column}`);
  return `SELECT ${given.join(', ')}\n${fromContract(query.text)}`;
}

/** Total bytes of text in the rows of the ids in `$1`, counted on the server. */
export const sizeText = (query: Query): string =>
  `SELECT coalesce(sum(${bytesOf('contract', givenColumns(query))}), 0) AS bytes\n${fromContract(query.text)}${'entity' in query ? keyCondition(query) : ''}`;

/**
 * The rows of `fetchText`, but a row with more than `$2` bytes of text returns only the mark `tooLarge`; null means unlimited. Postgres knows a
 * long value's size without reading it. OFFSET 0 evaluates the site's expressions once per row.
 */
export function limitedFetchText(query: Query): string {
  const columns = fetchedColumns(query);
  return `SELECT ${columns.map((column) => `CASE WHEN sized.fits THEN sized.${column} END AS ${column}`).join(', ')}, NOT sized.fits AS ${tooLarge}
FROM (SELECT whole.*, coalesce(${bytesOf('whole', columns)} <= $2::bigint, true) AS fits
FROM (
${fetchText(query)}
OFFSET 0) AS whole
OFFSET 0) AS sized`;
}

const bytesOf = (row: string, columns: readonly string[]): string =>
  columns.map((column) => `coalesce(octet_length(${row}.${column}::text), 0)::bigint`).join(' + ');

/** The first few rows that the server finds: the columns of a fetch but the flag. */
export const sampleText = (query: Query, rows: number): string =>
  `${'entity' in query ? selectText(query) : besidesText(query)}\nLIMIT ${rows}`;

/** The same rows with each long value replaced by a hash, so that comparing them takes little memory. */
export const digestedText = (text: string, columns: readonly string[]): string =>
  `SELECT ${columns
    .map(
      (column) =>
        `CASE WHEN octet_length(whole.${column}::text) > 100 THEN hashtext(whole.${column}::text)::text ELSE whole.${column}::text END AS ${column}`,
    )
    .join(', ')}\nFROM (\n${text}\n) AS whole`;

/**
 * Statistics of `updated_at`, in one row: `newest`, the latest time, in milliseconds since 1970, within reach of a
 * wrong time zone (15 hours ahead at most); `beyond`, the number of rows further ahead; `unreadable`, the number of
 * values that yield no instant. Null if the query lacks `updated_at`.
 */
export function newestText(query: CheckedQuery): string | null {
  const reading = readingOf(query);
  if (reading === undefined) return null;
  const reach = "now() + interval '15 hours'";
  return (
    `SELECT floor(extract(epoch FROM max(instant) FILTER (WHERE instant < ${reach})) * 1000)::bigint AS newest,` +
    ` count(*) FILTER (WHERE instant >= ${reach}) AS beyond,` +
    ` count(*) FILTER (WHERE said IS NOT NULL AND instant IS NULL) AS unreadable\n` +
    `FROM (SELECT contract.updated_at AS said, ${reading.instant} AS instant ${fromContract(query.text)}) AS changed`
  );
}

/**
 * Groups of patients with the same match keys, as others compare them: names without regard to case and doubled blanks,
 * a US ZIP by its five digits. A row for each of the first groups, with `$1` ids of it, and the totals of all. Merged
 * patients are left out, and so are those that lack a key. Null if the query lacks a key.
 */
export function sameKeysText({ patient, merge }: CheckedContract['all']): string | null {
  if (!matchKeys.every((column) => patient.columns.has(column))) return null;
  const merged =
    merge === null
      ? ''
      : `LEFT JOIN (SELECT DISTINCT contract.retired_patient_id::text AS id ${fromContract(merge.text)}) AS merged ON merged.id = patient.id\nWHERE merged.id IS NULL\n`;
  return `SELECT to_json(ids[1:$1::int])::text AS ids, count(*) OVER () AS groups,
  sum(patients) OVER () AS patients, sum(patients * (patients - 1) / 2) OVER () AS pairs
FROM (SELECT count(*) AS patients, array_agg(patient.id ORDER BY patient.id) AS ids
FROM (SELECT DISTINCT contract.patient_id::text AS id, ${['first_name', 'last_name'].map(comparedName).join(', ')},
  contract.birth_date::text AS birth_date, ${comparedZip} AS zip
${fromContract(patient.text)}
WHERE ${matchKeys.map((column) => `btrim(contract.${column}::text) <> ''`).join(' AND ')}) AS patient
${merged}GROUP BY ${matchKeys.map((column) => `patient.${column}`).join(', ')}
HAVING count(*) > 1) AS same
ORDER BY same.ids LIMIT $1::int`;
}

const comparedName = (column: string): string =>
  `lower(regexp_replace(btrim(contract.${column}::text), ' +', ' ', 'g')) AS ${column}`;
const comparedZip = "regexp_replace(btrim(contract.zip::text), '^(\\d{5})-?\\d{4}$', '\\1')";

function unreadableUpdatedAt(query: CheckedQuery): string[] {
  const reading = readingOf(query);
  // Only texts can be unreadable. A typed time out of range, such as infinity, counts as null.
  if (reading?.bounds !== null) return [];
  return [`btrim(contract.updated_at::text) <> '' AND (${reading.instant}) IS NULL AS ${unreadable}`];
}

function selectText(query: CheckedQuery, more: readonly string[] = []): string {
  const columns = canonicalColumns[query.entity].map((column) =>
    query.columns.has(column) ? `contract.${column}` : `NULL AS ${column}`,
  );
  return `SELECT ${[updatedAtText(query), ...columns, ...more].join(', ')}\n${fromContract(query.text)}`;
}

const updatedAtText = (query: CheckedQuery): string =>
  `${readingOf(query)?.instant ?? mergedAt(query) ?? 'NULL'} AS updated_at`;

/** A merge changes once, at `merged_at`; an ambiguous time means its latest moment. */
function mergedAt({ columns }: CheckedQuery): string | undefined {
  const type = columns.get('merged_at');
  return type === undefined ? undefined : endOf('contract.merged_at', type);
}

function readingOf(query: CheckedQuery): UpdatedAtReading | undefined {
  const type = query.columns.get('updated_at');
  return type === undefined ? undefined : readUpdatedAt(type);
}

/** The WHERE clause of the selection. */
function selectedText(query: CheckedQuery, selection: Selection): string {
  switch (selection.kind) {
    case 'all':
      return '';
    case 'updated': {
      const { instant, bounds } = requiredReading(query);
      // A row with a null or future `updated_at` may have changed since.
      const mayHave = `coalesce(${instant}, 'infinity') >= ${from}`;
      if (bounds === null) return `WHERE ${mayHave}`;
      return `WHERE (contract.updated_at >= ${bounds.lowest} AND ${mayHave}) OR contract.updated_at IS NULL`;
    }
    case 'updated_between': {
      const { instant, bounds } = requiredReading(query);
      const isBetween = `${instant} >= ${from} AND ${instant} < ${until}`;
      if (bounds === null) return `WHERE ${isBetween}`;
      return `WHERE contract.updated_at BETWEEN ${bounds.lowest} AND ${bounds.highest} AND ${isBetween}`;
    }
    case 'active_between':
      return query.entity === 'merge' ? mergedText(query) : overlapText(query);
  }
}

function requiredReading(query: CheckedQuery): UpdatedAtReading {
  const reading = readUpdatedAt(requiredUpdatedAt(query));
  if (reading === undefined) throw new Error(`${query.file}: the type of updated_at holds no time`);
  return reading;
}

const noTime = 'NULL::timestamptz';

/** Only a contract with `merged_at` can select the merges made in the window. */
function mergedText(query: CheckedQuery): string {
  const type = query.columns.get('merged_at');
  if (type === undefined) return 'WHERE false';
  const merged = startOf('contract.merged_at', type);
  return `WHERE ${merged} >= ${from} AND ${merged} < ${until}`;
}

/**
 * Visits that overlap the window. A visit with only one known time is that moment, but a planned or open visit
 * continues until its end is known. (A zoneless time in a repeated hour counts as the later one.)
 */
function overlapText(query: CheckedQuery): string {
  const { columns } = query;
  const known = (column: string): boolean => columns.has(column);
  requireVisitTimes(query);
  const start = known('started_at') ? startOf('contract.started_at', columns.get('started_at') ?? '') : noTime;
  const end = known('ended_at') ? endOf('contract.ended_at', columns.get('ended_at') ?? '') : noTime;
  const goesOn = known('status')
    ? `CASE WHEN contract.status::text IN ('planned', 'open') THEN timestamptz 'infinity' END`
    : noTime;
  // OFFSET 0 evaluates each of them once per row.
  return (
    `CROSS JOIN LATERAL (SELECT ${start} AS starts_at, ${end} AS ends_at, ${goesOn} AS goes_on OFFSET 0) AS visit\n` +
    `WHERE coalesce(starts_at, ends_at) < ${until}` +
    ` AND (coalesce(ends_at, goes_on, starts_at) > ${from} OR coalesce(starts_at, ends_at) >= ${from})`
  );
}
