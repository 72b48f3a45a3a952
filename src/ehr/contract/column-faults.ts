import { closest, distance } from 'fastest-levenshtein';
import type { CheckedQuery, CheckedSection, SiteQuery } from './contract-query.ts';
import type { Column, TypeRules } from '../engine.ts';

/**
 * Finds faults in the columns of one query; each is a sentence that omits its full stop. For landed files, a fault
 * contains only names that the query itself contains: if the header line is missing, the others are a patient's row.
 */
export function columnFaults(
  query: SiteQuery,
  columns: readonly Column[],
  { types, isLanded }: { readonly types: TypeRules; readonly isLanded: boolean },
): string[] {
  const names = columns.map(({ name }) => name);
  return [
    ...missing(query, names),
    ...(isLanded ? unknownLanded(query, names) : unknown(query, names)),
    ...repeated(query, names),
    ...unreadableUpdatedAt(query, columns, types),
  ];
}

function missing({ file, required }: SiteQuery, names: readonly string[]): string[] {
  return required
    .filter((column) => !names.includes(column))
    .map((column) => `${file} gives no column ${column}, which is required; select it under this name`);
}

function unknown({ file, known }: SiteQuery, names: readonly string[]): string[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = closest(name, known);
      // A slip changes at most a third of the letters.
      const meant = distance(name, nearest) <= Math.ceil(nearest.length / 3) && !names.includes(nearest);
      const remedy = meant ? `call it ${nearest} if that is meant, or take it out` : 'take it out';
      return `${file} gives a column ${name}, which the contract does not know; ${remedy}`;
    });
}

function unknownLanded(query: SiteQuery, names: readonly string[]): string[] {
  const written = new Set(query.text.toLowerCase().split(/[^\p{L}\p{M}\p{N}_]+/u));
  const places = names.flatMap((name, index) => (query.known.includes(name) || written.has(name) ? [] : [index + 1]));
  const ownNames = names.filter((name) => written.has(name));
  if (places.length === 0) return unknown(query, ownNames);
  const which = `${places.length === 1 ? 'column' : 'columns'} ${places.join(', ')}`;
  return [
    ...unknown(query, ownNames),
    `${query.file} gives under ${which} what the contract does not know; ` +
      'see that the file begins with its header line, and select its columns by name instead of by *',
  ];
}

function repeated({ file, known }: SiteQuery, names: readonly string[]): string[] {
  const twice = names.filter((name, index) => known.includes(name) && names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => `${file} gives the column ${name} more than once; keep one of them`);
}

function unreadableUpdatedAt({ file, known }: SiteQuery, columns: readonly Column[], types: TypeRules): string[] {
  return columns
    .filter(({ name, type }) => name === 'updated_at' && known.includes(name) && !types.holdsTime(type))
    .map(
      ({ type }) =>
        `${file} gives updated_at as ${type}, which is no time; ` +
        `cast it, e.g. ${types.castToTime(type)}, ` +
        'or leave the column out and rely on sweeps',
    );
}

/**
 * Differences between `…_by_id.sql` and the query for all. Types must agree too: the same value of another type prints
 * differently, and every row would look changed in every run.
 */
export function differenceFaults(all: CheckedQuery, byId: CheckedQuery): string[] {
  const lacking = [...all.columns.keys()]
    .filter((name) => all.known.includes(name) && !byId.columns.has(name))
    .map((name) => `${byId.file} gives no column ${name}, but ${all.file} does; both must give the same columns`);
  const added = [...byId.columns.keys()]
    .filter((name) => byId.known.includes(name) && !all.columns.has(name))
    .map((name) => `${byId.file} gives a column ${name}, but ${all.file} does not; both must give the same columns`);
  const otherwise = [...all.columns]
    .filter(([name, type]) => all.known.includes(name) && byId.columns.has(name) && byId.columns.get(name) !== type)
    .map(
      ([name, type]) =>
        `${byId.file} gives ${name} as ${byId.columns.get(name) ?? ''}, but ${all.file} as ${type}; cast one like the other`,
    );
  return [...lacking, ...added, ...otherwise];
}

/**
 * Compares the type of a section's id with that of the query of visits or patients: an id of another type may print
 * differently, and the section's rows would match none of them.
 */
export function sectionIdFaults(
  section: Pick<CheckedSection, 'key' | 'file' | 'columns'>,
  rows: CheckedQuery,
  types: TypeRules,
): string[] {
  const { key } = section;
  const own = section.columns.get(key);
  const theirs = rows.columns.get(key);
  if (own === undefined || theirs === undefined || types.printsAs(own) === types.printsAs(theirs)) return [];
  const whose = key === 'patient_id' ? 'patient' : 'visit';
  return [
    `${section.file} gives ${key} as ${own}, but ${rows.file} as ${theirs}; cast it like the other, or its rows find no ${whose}`,
  ];
}
