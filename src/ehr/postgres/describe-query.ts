import type { Session } from '../../postgres/session.ts';
import { DatabaseFault } from '../../fault.ts';
import { describeDatabaseError } from '../../postgres/database-error.ts';
import { statement } from '../../postgres/sql-file.ts';
import { fromContract } from '../contract/composed-query.ts';
import type { Column } from '../engine.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import { type LandedExtract, remedyForColumn, remedyForTable } from '../landing/landed-extract.ts';
import { noIds } from './plan/query-plan.ts';

/**
 * Asks the server to describe the query; throws with the server's objection. `extract`: the tables come from files, so advice about
 * roles is left out.
 */
export async function describeQuery(
  session: Session,
  query: SiteQuery,
  extract: LandedExtract | null,
): Promise<{ readonly columns: readonly Column[] } | { readonly fault: string }> {
  const misuse = query.byId ? parameterFault(query) : null;
  if (misuse !== null) return { fault: misuse };
  const text = `SELECT * ${fromContract(query.text)} LIMIT 0`;
  try {
    const { fields } = await session.query(`a look at ${query.file}`, text, query.byId ? noIds : []);
    const types = await session.run<{ name: string }>(statement('ehr/internal/read_type_names'), [
      fields.map(({ dataTypeID }) => String(dataTypeID)),
    ]);
    const columns = fields.map(({ name, dataTypeModifier }, index) => {
      const type = types[index]?.name ?? '';
      return { name, type, scale: type === 'numeric' ? scaleOf(dataTypeModifier) : null };
    });
    return { columns };
  } catch (error) {
    if (error instanceof DatabaseFault && isAboutTheQuery(error.code))
      return { fault: explain(query, text, error, extract) };
    throw error;
  }
}

/**
 * `numeric(precision, scale)` packs both into one number, 4 too high; -1 means unspecified (PostgreSQL,
 * src/backend/utils/adt/numeric.c).
 */
const scaleOf = (modifier: number): number | null => (modifier < 4 ? null : (((modifier - 4) & 0x7ff) ^ 0x400) - 0x400);

/** Finds a surplus parameter here: the server would report it as our fault and name no line of the file. */
function parameterFault({ file, text }: SiteQuery): string | null {
  const parameters: readonly string[] = withoutLiterals(text).match(/\$[0-9]+/g) ?? [];
  if (!parameters.includes('$1')) return `${file} does not use $1; it must give the rows of the ids in $1, a text[]`;
  const other = parameters.find((parameter) => parameter !== '$1');
  return other === undefined ? null : `${file} uses ${other}, but the only parameter is $1, a text[] of ids`;
}

const withoutLiterals = (text: string): string => text.replace(/'[^']*'|--[^\n]*|\/\*[\s\S]*?\*\//g, '');

/**
 * SQLSTATE classes: 0A unsupported, 22 data, 25 transaction state, 26 and 42 names, syntax and rights, P0 raised by the
 * site's own functions.
 */
const isAboutTheQuery = (sqlState: string): boolean => /^(?:0A|22|25|26|42|P0)/.test(sqlState);

function explain(query: SiteQuery, text: string, fault: DatabaseFault, extract: LandedExtract | null): string {
  const sentence = `${query.file}${placeIn(text, fault.cause)} was refused: ${describeDatabaseError(fault.cause)}`;
  const remedy =
    (extract && remedyInFiles(query, fault.code, extract)) ?? noteOn(text, fault) ?? remedyFor(query, fault.code);
  return `${sentence}; ${remedy}`;
}

/** Advice if the tables come from files; null if the query itself is at fault. */
function remedyInFiles(query: SiteQuery, sqlState: string, extract: LandedExtract): string | null {
  switch (sqlState) {
    case '42P01':
      return remedyForTable(extract, query.file);
    case '42703':
      return remedyForColumn(extract, query.file);
    case '42P02':
    case '42601':
      return null;
    default:
      return extract.kind === 'fhir'
        ? null
        : 'every column of a CSV file is text: cast it in the query where another type is needed';
  }
}

function remedyFor(query: SiteQuery, sqlState: string): string {
  switch (sqlState) {
    case '42P02':
      return query.byId
        ? 'the only parameter is $1, a text[] of ids'
        : `this query takes no parameters; what finds rows by $1 belongs into ${query.file.replace(/\.sql$/, '_by_id.sql')}`;
    case '42501':
      return 'grant the role of EHR_URL SELECT on what the query reads';
    case '42P01':
      return 'check the name, its schema and the search_path of the role of EHR_URL';
    case '42601':
      return 'the file must hold exactly one SELECT';
    default:
      return 'run the file by hand as the role of EHR_URL and mend it';
  }
}

/** The line of the site's file that the server reports. */
function placeIn(text: string, cause: unknown): string {
  const line = lineOf(text, cause);
  return line === null ? '' : `, line ${line},`;
}

function lineOf(text: string, cause: unknown): number | null {
  const position = cause instanceof Error && 'position' in cause ? Number(cause.position) : Number.NaN;
  if (!Number.isInteger(position)) return null;
  const line = Array.from(text)
    .slice(0, position - 1)
    .filter((character) => character === '\n').length;
  // Beyond the file's end the server points at our own closing parenthesis.
  return Math.min(line, text.split('\n').length - 2);
}

/** The remark behind a table that is missing: the contract knows best what it is. */
function noteOn(text: string, { code, cause }: DatabaseFault): string | null {
  if (code !== '42P01') return null;
  const line = text.split('\n')[lineOf(text, cause) ?? -1] ?? '';
  return / -- (.+)$/.exec(line)?.[1] ?? null;
}
