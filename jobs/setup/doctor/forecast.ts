/** The likely result of a night, estimated from the sampled rows: counts and columns, never values. */
import type { Finding } from '../../../src/values/reading.ts';
import { breaksDemographics, type MatchFault } from '../../../src/message/fingerprint/findability.ts';
import type { RawRow } from '../../../src/ehr/engine.ts';
import type { CheckedQuery, CheckedSection } from '../../../src/ehr/contract/contract-query.ts';
import { counted } from '../../../src/plain-text.ts';
import { type Check, ok, warning } from './check.ts';

/** More than a fifth of the rows is no row's trouble, but the query's. */
const manyOf = (rows: number): number => rows / 5;

/** Whether others can find the patients, by what is wrong with the match keys of each. */
export function forecastFindability(faults: readonly (readonly MatchFault[])[]): Check[] {
  if (faults.length === 0) return [];
  const broken = faults.map((own) => own.filter(breaksDemographics));
  const lost = broken.filter((own) => own.length > 0).length;
  if (lost <= manyOf(faults.length)) {
    return [
      ok(
        'forecast',
        `Others can find ${faults.length - lost} of ${counted(faults.length, 'patient')} by demographics.`,
      ),
    ];
  }
  const who = lost === faults.length ? 'none' : `only ${faults.length - lost}`;
  return [
    warning(
      'forecast',
      `Others can find ${who} of ${counted(faults.length, 'patient')} looked at: ${tally(broken)}.`,
      'Others search by first name, last name, birth date and ZIP together: give all four in patients.sql where the EHR knows them.',
    ),
  ];
}

/** Whether there is anything to send, by the state of each visit (`stagedStatus`). */
export function forecastVisits(statuses: readonly string[]): Check[] {
  if (statuses.length === 0) return [];
  const finished = statuses.filter((status) => status === 'finished').length;
  const unreadable = statuses.filter((status) => status === 'unreadable').length;
  const remedy =
    'Map the words of the EHR in encounters.sql to planned, open, finished and cancelled; a visit without a status is finished when it has ended.';
  const unread = `The status of ${unreadable} of ${counted(statuses.length, 'visit')} is not a word of the contract.`;
  if (finished === 0) {
    const none = `Of ${counted(statuses.length, 'visit')} looked at, none is finished, so none would be sent: ${tally(statuses.map((status) => [status]))}.`;
    return [warning('forecast', none, remedy)];
  }
  if (unreadable > 0) return [warning('forecast', unread, remedy)];
  return [ok('forecast', `${finished} of ${counted(statuses.length, 'visit')} are finished.`)];
}

/** Columns that are not understood in many rows: classes, code systems, dates. One row alone the sample tells. */
export function forecastReading(file: string, findings: readonly (readonly Finding[])[]): Check[] {
  if (findings.length < 2) return [];
  const odd = findings.map((own) => [...new Set(own.map(({ column, problem }) => `${column} (${problem})`))]);
  const many = counts(odd).filter(([, rows]) => rows > manyOf(findings.length));
  if (many.length === 0) return [];
  const which = many.map(([what, rows]) => `${what} in ${rows}`).join(', ');
  return [
    warning(
      'forecast',
      `Of ${counted(findings.length, 'row')} of ${file}, these columns are not understood: ${which}.`,
      'Map them in the query to what sql/ehr/README.md names; data-quality.csv would have a line for each.',
    ),
  ];
}

export function forecastCodes({ file, known }: CheckedQuery | CheckedSection, rows: readonly RawRow[]): Check[] {
  const codes = known.filter((column) => known.includes(`${column}_system`));
  const without = codes.flatMap((column) => {
    const coded = rows.filter((row) => !isEmpty(row[column]));
    const bare = coded.filter((row) => isEmpty(row[`${column}_system`])).length;
    return bare === 0 ? [] : [`${column} in ${bare} of ${counted(coded.length, 'row')}`];
  });
  if (without.length === 0) return [];
  return [
    warning(
      'forecast',
      `${file} gives codes without their system: ${without.join(', ')}.`,
      "A receiver cannot read such a code: give its system beside it, e.g. 'ICD-10-CM' AS code_system.",
    ),
  ];
}

const idColumns = ['patient_id', 'encounter_id', 'mrn', 'retired_patient_id', 'surviving_patient_id'];
/** As a number prints that has decimals, or too many digits. */
const isNumeric = /^[+-]?\d+\.\d+$|^[+-]?\d+(?:\.\d+)?e[+-]?\d+$/i;

/** Ids that a number was made of on the way. */
export function forecastIds({ file }: CheckedQuery | CheckedSection, rows: readonly RawRow[]): Check[] {
  const odd = idColumns.flatMap((column) => {
    const many = rows.filter((row) => isNumeric.test((row[column] ?? '').trim())).length;
    return many === 0 ? [] : [`${column} in ${counted(many, 'row')}`];
  });
  if (odd.length === 0) return [];
  return [
    warning(
      'forecast',
      `${file} gives ids in the form of a number with decimals or an exponent (12345.00, 1.23E+11): ${odd.join(', ')}.`,
      'Give ids as the text that people write: select them from the column that holds text, or cast to bigint.',
    ),
  ];
}

const isEmpty = (value: string | null | undefined): boolean => (value ?? '').trim() === '';

const tally = (words: readonly (readonly string[])[]): string =>
  counts(words)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');

/** How many rows have each word, the most frequent first. */
function counts(words: readonly (readonly string[])[]): (readonly [string, number])[] {
  const all = new Map<string, number>();
  for (const word of words.flat()) all.set(word, (all.get(word) ?? 0) + 1);
  return [...all].sort(([, a], [, b]) => b - a);
}
