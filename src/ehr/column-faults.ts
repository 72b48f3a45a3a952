import { closest, distance } from 'fastest-levenshtein';
import { contract } from '../core/contract.ts';
import type { CheckedQuery, ContractQuery } from './contract-query.ts';
import type { Column } from './describe-query.ts';
import { readUpdatedAt } from './sql-instant.ts';

/** What is wrong with the columns of one query, each as a sentence without its full stop. */
export function columnFaults(query: ContractQuery, columns: readonly Column[]): string[] {
  const names = columns.map(({ name }) => name);
  return [
    ...missing(query, names),
    ...unknown(query, names),
    ...repeated(query, names),
    ...unreadableUpdatedAt(query, columns),
  ];
}

function missing({ file, entity }: ContractQuery, names: readonly string[]): string[] {
  return contract[entity].required
    .filter((column) => !names.includes(column))
    .map((column) => `${file} gives no column ${column}, which is required; select it under this name`);
}

function unknown({ file, entity }: ContractQuery, names: readonly string[]): string[] {
  const known: readonly string[] = contract[entity].columns;
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = closest(name, known);
      // A third of the letters off is another word, not a slip.
      const meant = distance(name, nearest) <= Math.ceil(nearest.length / 3) && !names.includes(nearest);
      const remedy = meant ? `call it ${nearest} if that is meant, or take it out` : 'take it out';
      return `${file} gives a column ${name}, which the contract does not know; ${remedy}`;
    });
}

function repeated({ file }: ContractQuery, names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `${file} gives the column ${name} more than once; keep one of them`,
  );
}

function unreadableUpdatedAt({ file }: ContractQuery, columns: readonly Column[]): string[] {
  return columns
    .filter(({ name, type }) => name === 'updated_at' && readUpdatedAt(type) === undefined)
    .map(
      ({ type }) =>
        `${file} gives updated_at as ${type}, which is no time; ` +
        `cast it, e.g. ${castFor(type)} AS updated_at (timestamptz where it names its zone, timestamp where it is wall-clock time), ` +
        'or leave the column out and rely on sweeps',
    );
}

const castFor = (type: string): string =>
  /^(?:bigint|integer|numeric|double precision|real)$/.test(type)
    ? 'to_timestamp(changed_at)'
    : 'changed_at::timestamptz';

/**
 * Where `…_by_id.sql` differs from the query for all. Types must agree too: the same value of another type prints
 * differently, and every row would look changed for ever.
 */
export function differenceFaults(all: CheckedQuery, byId: CheckedQuery): string[] {
  const lacking = [...all.columns.keys()]
    .filter((name) => !byId.columns.has(name))
    .map((name) => `${byId.file} gives no column ${name}, but ${all.file} does; both must give the same columns`);
  const added = [...byId.columns.keys()]
    .filter((name) => !all.columns.has(name))
    .map((name) => `${byId.file} gives a column ${name}, but ${all.file} does not; both must give the same columns`);
  const otherwise = [...all.columns]
    .filter(([name, type]) => byId.columns.has(name) && byId.columns.get(name) !== type)
    .map(
      ([name, type]) =>
        `${byId.file} gives ${name} as ${byId.columns.get(name) ?? ''}, but ${all.file} as ${type}; cast one like the other`,
    );
  return [...lacking, ...added, ...otherwise];
}
