/**
 * Finds the tables that the contract's queries read, from their text: extracts need them before any table exists. Every name in
 * the place of a table counts; an extra name costs only one file read.
 */
import { readContractFiles } from './contract-files.ts';
import { readIdentifiersFile, readSectionFiles } from '../landing/section-files.ts';

/** Names of tables by file of the contract, such as `patients.sql` or `sections/problems.sql`. */
export type ReadBy = ReadonlyMap<string, readonly string[]>;

export interface ContractTables {
  readonly readBy: ReadBy;
  /** All names in the queries that read the table, and the contract's columns: they include its column names. */
  wordsAround(table: string): ReadonlySet<string>;
}

/** A faulty contract file reads no table here; the contract check reports its fault. */
export async function readContractTables(contractFolder: string): Promise<ContractTables> {
  const rows = await readContractFiles(contractFolder);
  const clinical = await readSectionFiles(contractFolder);
  const identifiers = await readIdentifiersFile(contractFolder);
  const queries = [...rows.queries, ...clinical.queries, ...identifiers.queries].map((query) => ({
    ...query,
    tables: tablesIn(query.text),
  }));
  return {
    readBy: new Map(queries.map(({ file, tables }) => [file, tables])),
    wordsAround: (table) => {
      const readers = queries.filter(({ tables }) => tables.includes(table));
      return new Set(readers.flatMap(({ text, known }) => [...namesIn(text), ...known]));
    },
  };
}

const token = new RegExp(
  [
    String.raw`(?<skipped>--[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*')`,
    String.raw`"(?<quoted>(?:[^"]|"")*)"`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{M}\p{N}_$]*)`,
    String.raw`(?<sign>[(),.;])`,
  ].join('|'),
  'gu',
);

interface Token {
  /** As the server reads it: in lower case unless quoted. */
  readonly name: string | null;
  /** A keyword, a bracket, a comma or a full stop. */
  readonly sign: string;
}

function* tokensOf(sql: string): Generator<Token> {
  for (const { groups } of sql.matchAll(token)) {
    const { quoted, word, sign } = groups ?? {};
    if (quoted !== undefined) yield { name: quoted.replaceAll('""', '"'), sign: '' };
    // The server lowers ASCII letters only.
    else if (word !== undefined) {
      yield { name: word.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()), sign: word.toUpperCase() };
    } else if (sign !== undefined) yield { name: null, sign };
  }
}

const namesIn = (sql: string): string[] => [...tokensOf(sql)].flatMap(({ name }) => (name === null ? [] : [name]));

const expectsTable: ReadonlySet<string> = new Set(['FROM', 'JOIN', 'TABLE']);
const staysExpected: ReadonlySet<string> = new Set(['ONLY', 'LATERAL']);
const endsFrom: ReadonlySet<string> = new Set(
  'SELECT WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FETCH FOR UNION EXCEPT INTERSECT VALUES ;'.split(' '),
);

/** The state of the reader within one pair of brackets. */
interface Level {
  /** Within FROM, where a comma introduces the next table. */
  readonly isInFrom: boolean;
  readonly isTableNext: boolean;
}

/** The names in the place of a table. */
export function tablesIn(sql: string): string[] {
  const tables = new Set<string>();
  const outer: Level[] = [];
  let level: Level = { isInFrom: false, isTableNext: false };
  // In `schema.name` the second name is the table.
  let isTable = false;
  let isQualified = false;
  for (const { name, sign } of tokensOf(sql)) {
    const wasTable: boolean = isTable;
    isTable = false;
    if (sign === '(') {
      outer.push(level);
      level = { isInFrom: level.isTableNext, isTableNext: level.isTableNext };
    } else if (sign === ')') {
      level = { isInFrom: outer.pop()?.isInFrom ?? false, isTableNext: false };
    } else if (sign === ',') level = { ...level, isTableNext: level.isInFrom };
    else if (expectsTable.has(sign)) level = { isInFrom: true, isTableNext: true };
    else if (endsFrom.has(sign)) level = { isInFrom: false, isTableNext: false };
    else if (name !== null && !staysExpected.has(sign)) {
      isTable = level.isTableNext || isQualified;
      if (isTable) tables.add(name);
      level = { ...level, isTableNext: false };
    }
    isQualified = sign === '.' && wasTable;
  }
  return [...tables];
}
