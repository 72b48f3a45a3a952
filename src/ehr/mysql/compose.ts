/**
 * Composes SQL at run time for MySQL, in this file alone: a site's contract query becomes the FROM of ours. The parts are that query,
 * column names from our own fixed list, and expressions chosen by type. Data values are never composed in.
 */
import { canonicalColumns, scannedColumns } from '../../contract/contract.ts';
import { fromContract, givenColumns, matchKeys, tooLarge } from '../contract/composed-query.ts';
import { type CheckedContract, type CheckedQuery, type FetchedBesides, keyOf } from '../contract/contract-query.ts';
import { textOf } from './column-type.ts';

type Query = CheckedQuery | FetchedBesides;

export const describeText = (text: string): string => `SELECT * ${fromContract(text)} LIMIT 0`;

/** The columns of a fetch: `updated_at` (`merged_at` for a merge) as it is written there, then the canonical columns. */
const fetchedColumns = ({ entity }: CheckedQuery): readonly string[] => ['updated_at', ...canonicalColumns[entity]];

/** The columns of a scan's lines: `updated_at`, then those that the site provides. */
export const scanColumns = ({ entity, columns }: CheckedQuery): readonly string[] => [
  'updated_at',
  ...scannedColumns(entity, columns),
];

/** `zone`: the session's offset, for instants. */
const fetchSelect = (query: CheckedQuery, zone?: string): string => {
  const [, ...others] = fetchedColumns(query).map((column) => textOfColumn(query, column, zone));
  return `SELECT ${[updatedAtText(query, zone), ...others].join(', ')}\n${fromContract(query.text)}`;
};

/** A merge changes once, at `merged_at`. */
const updatedAtText = (query: CheckedQuery, zone?: string): string =>
  textOfColumn(query, query.entity === 'merge' ? 'merged_at' : 'updated_at', zone, 'updated_at');

const textOfColumn = (query: Query, column: string, zone?: string, name = column): string =>
  `${columnText(query, column, zone)} AS ${name}`;

function columnText({ columns }: Query, column: string, zone?: string): string {
  const type = columns.get(column);
  return type === undefined ? 'NULL' : textOf(`contract.${column}`, type, zone);
}

const besidesSelect = (query: FetchedBesides, zone?: string): string =>
  `SELECT ${givenColumns(query)
    .map((column) => textOfColumn(query, column, zone))
    .join(', ')}\n${fromContract(query.text)}`;

/**
 * Rows of texts, as a fetch gives them. A text column is sent as it is, because the server converts it to the session's character set
 * anyway, and to convert it twice takes longer than to read it.
 */
export function scanText(query: CheckedQuery, where: string): string {
  const [, ...given] = scanColumns(query);
  const columns = given.map((column) =>
    query.columns.get(column) === 'text' ? `contract.${column}` : textOfColumn(query, column),
  );
  return `SELECT ${[updatedAtText(query), ...columns].join(', ')}\n${fromContract(query.text)}\n${where}`;
}

/** With a collation of its own, so that columns of any collation may stand beside it. */
const literal = (text: string): string => `_utf8mb4 0x${Buffer.from(text).toString('hex')} COLLATE utf8mb4_bin`;

/** The rows of the ids in `$1`. */
export const fetchText = (query: Query): string =>
  'entity' in query ? `${fetchSelect(query)}${keyCondition(query)}` : besidesSelect(query);

function keyCondition(query: CheckedQuery): string {
  if (query.byId) return '';
  const key = keyOf(query);
  const type = query.columns.get(key) ?? '';
  // Compared as it is, so that its index is usable; the rows of like ids are sorted out afterwards.
  const isComparable = type === 'text' || type === 'integer' || type === 'decimal';
  return `\nWHERE ${isComparable ? `contract.${key}` : textOf(`contract.${key}`, type)} IN ($1)`;
}

/** The same rows, but a row with more bytes than the one `?` says returns only the mark. */
export function limitedFetchText(query: Query): string {
  const columns = 'entity' in query ? fetchedColumns(query) : givenColumns(query);
  return `SELECT ${columns.map((column) => `CASE WHEN sized.fits THEN sized.${column} END AS ${column}`).join(', ')}, CASE WHEN sized.fits THEN 'f' ELSE 't' END AS ${tooLarge}
FROM (SELECT whole.*, ${bytesOf('whole', columns)} <= ? AS fits
FROM (
${fetchText(query)}) AS whole) AS sized`;
}

const bytesOf = (row: string, columns: readonly string[]): string =>
  columns.map((column) => `COALESCE(OCTET_LENGTH(${row}.${column}), 0)`).join(' + ');

/** Total bytes of text in the rows of the ids in `$1`, counted on the server. */
export const sizeText = (query: Query): string => {
  const columns = 'entity' in query ? fetchedColumns(query) : givenColumns(query);
  return `SELECT CAST(COALESCE(SUM(${bytesOf('whole', columns)}), 0) AS CHAR) AS bytes\nFROM (\n${fetchText(query)}) AS whole`;
};

/** The first few rows that the server finds. */
export const sampleText = (query: Query, rows: number): string =>
  `${'entity' in query ? fetchSelect(query) : besidesSelect(query)}\nLIMIT ${rows}`;

/** The same rows in a zone of the session, each long value replaced by a hash. */
export function zonedText(query: Query, rows: number, zone: string): string {
  const columns = 'entity' in query ? fetchedColumns(query) : givenColumns(query);
  const select = 'entity' in query ? fetchSelect(query, zone) : besidesSelect(query, zone);
  const short = columns.map(
    (column) =>
      `CASE WHEN OCTET_LENGTH(whole.${column}) > 100 THEN MD5(whole.${column}) ELSE whole.${column} END AS ${column}`,
  );
  return `SELECT ${short.join(', ')}\nFROM (\n${select}\nLIMIT ${rows}) AS whole`;
}

/** Every `updated_at`. */
export const changesText = (query: CheckedQuery): string =>
  `SELECT ${textOfColumn(query, 'updated_at')}\n${fromContract(query.text)}`;

/**
 * Groups of patients with the same match keys, as others compare them: names without regard to case and doubled blanks, a US ZIP by its
 * five digits. A row for each group: how many patients, and their ids, one a line. Null if the query lacks a key. Compared by digests: the
 * server sorts short rows many times faster than texts of any length, and makes an index of them for the merges. Without that index each
 * patient meets each merge, which takes minutes of a larger clinic.
 */
export function sameKeysText({ patient, merge }: CheckedContract['all']): string | null {
  if (!matchKeys.every((column) => patient.columns.has(column))) return null;
  const text = (column: string): string => `TRIM(${columnText(patient, column)})`;
  const zip = `CASE WHEN ${text('zip')} REGEXP '^[0-9]{5}-?[0-9]{4}$' THEN LEFT(${text('zip')}, 5) ELSE ${text('zip')} END`;
  const keys = [
    ...['first_name', 'last_name'].map((column) => withSingleBlanks(`LOWER(${text(column)})`)),
    text('birth_date'),
    zip,
  ];
  const retired =
    merge === null
      ? ''
      : `\nLEFT JOIN (SELECT DISTINCT ${digest(columnText(merge, 'retired_patient_id'))} AS id ${fromContract(merge.text)}) AS merged ON merged.id = ${digest('patient.id')}\nWHERE merged.id IS NULL`;
  return `SELECT CAST(COUNT(DISTINCT patient.id) AS CHAR) AS patients, GROUP_CONCAT(DISTINCT patient.id ORDER BY patient.id SEPARATOR '\\n') AS ids
FROM (SELECT ${columnText(patient, 'patient_id')} AS id, ${digest(`CONCAT_WS('\\n', ${keys.join(', ')})`)} AS same
${fromContract(patient.text)}
WHERE ${matchKeys.map((column) => `${text(column)} <> ''`).join(' AND ')}) AS patient${retired}
GROUP BY patient.same
HAVING COUNT(DISTINCT patient.id) > 1
ORDER BY MIN(patient.id)`;
}

const digest = (text: string): string => `UNHEX(MD5(${text}))`;

/** Several times as fast as a regular expression. */
const withSingleBlanks = (text: string): string =>
  `REPLACE(REPLACE(REPLACE(${text}, ' ', ${literal('\u0001\u0002')}), ${literal('\u0002\u0001')}, ''), ${literal('\u0001\u0002')}, ' ')`;
