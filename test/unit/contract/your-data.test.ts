import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingNames } from '../../../src/config/settings.ts';
import { listedFillerDates, unixZero } from '../../../src/values/time/event-time.ts';
import type { RowFaultWord } from '../../../src/contract/row/row-fault.ts';
import type { FileAge, LandingProblem } from '../../../src/decide/source/source.ts';
import type { VisitFault } from '../../../src/contract/row/visit-state.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { openPage } from '../report/markdown-page.ts';
import { dictionaryColumn, dictionaryTable } from '../report/report-dictionary.ts';

/** docs/your-data.md must say of everything that can be wrong with a source what becomes of it, and claim nothing else. */
const page = openPage('docs/your-data.md');

const names = <Name extends string>(all: Readonly<Record<Name, true>>): string[] => Object.keys(all);

const rowFaults = names<Exclude<RowFaultWord, 'damaged'>>({
  header_repeated: true,
  ruler: true,
  trailer: true,
  nothing_but_key: true,
  id_control_character: true,
  id_spreadsheet: true,
  id_says_nothing: true,
});

const visitFaults = names<VisitFault>({
  ends_before_start: true,
  starts_in_future: true,
  ends_before_birth: true,
  no_times: true,
});

const lineProblems = names<LandingProblem>({
  stray_quote: true,
  too_long: true,
  too_few_fields: true,
  too_many_fields: true,
  zero_byte: true,
  not_utf8: true,
  required_empty: true,
  key_too_long: true,
  no_resource: true,
  no_record: true,
});

const fileAges = names<FileAge>({ too_old: true, older_than_others: true });

/** What a cell of "you see" names of each report: `file.csv`, then its words. */
interface Claim {
  readonly report: string;
  readonly words: readonly string[];
}

function claimsOf(cell: string): Claim[] {
  const parts = cell.split(/`([a-z-]+\.csv)`/);
  return parts.flatMap((report, index) =>
    index % 2 === 0
      ? []
      : [{ report, words: [...(parts[index + 1] ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word) }],
  );
}

const rowsOf = (heading: string): readonly Readonly<Record<string, string>>[] =>
  page.section(heading).some((line) => line.startsWith('|')) ? page.table(heading) : [];

const rows = page.headings.flatMap(rowsOf);
const claims = rows.flatMap((row) => claimsOf(row['you see'] ?? ''));
const claimsIn = (heading: string): Claim[] => rowsOf(heading).flatMap((row) => claimsOf(row['you see'] ?? ''));
const detailsIn = (heading: string, kind: string): string[] =>
  claimsIn(heading).flatMap(({ words: [first, ...details] }) => (first === kind ? details : []));

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();

const qualityKinds = claims.flatMap(({ report, words }) => (report === 'data-quality.csv' ? words : []));

describe('docs/your-data.md', () => {
  test('names exactly the kinds of data quality', () => {
    expect(sorted(qualityKinds)).toEqual(sorted(dictionaryColumn('Kinds of data quality', 'Kind')));
  });

  test('has a line for every reason why a line is left out', () => {
    expect(sorted(claimsIn('Lines of a file').flatMap(({ words }) => words))).toEqual(sorted(lineProblems));
  });

  test.each(['invalid', 'unread'])('names exactly the details of the kind %s', (kind) => {
    const sent = claims.flatMap(({ report, words: [first, ...details] }) =>
      report !== 'data-quality.csv' && first === kind ? details : [],
    );
    const known = dictionaryTable('Details of a discrepancy').filter((row) =>
      row['Of']?.split(', ').some((of) => of === kind),
    );
    expect(sorted(sent)).toEqual(sorted(known.map((row) => row['Detail'] ?? '')));
  });

  test('has faults of rows, visits and files in separate tables', () => {
    expect(detailsIn('Rows that cannot be used', 'invalid')).toEqual(expect.arrayContaining(rowFaults));
    expect(detailsIn('Visits whose times cannot be true', 'invalid')).toEqual(visitFaults);
    expect(detailsIn('Files', 'extract_old')).toEqual(fileAges);
  });

  test("lists exactly the program's filler dates with their sources", () => {
    const listed = page.table('Filler dates').map((row) => Object.values(row).map((cell) => cell.replaceAll('`', '')));
    expect(listed.map(([date]) => date)).toEqual(listedFillerDates);
    const program = readFileSync(join(packageRoot, 'src/values/time/event-time.ts'), 'utf8');
    const unsaid = listed.filter(([date, source = '']) => date !== unixZero && !program.includes(source));
    expect(unsaid).toEqual([]);
  });

  test('lists only kinds of line that open-actions.csv has', () => {
    const advice = dictionaryTable('What to do about a line');
    const isKnown = ([kind, reason = '']: readonly string[]): boolean =>
      advice.some((row) => row['Kind'] === kind && (row['Reason'] === reason || fileAges.includes(reason)));
    const claimed = claims.filter(({ report }) => report === 'open-actions.csv').map(({ words }) => words);
    expect(claimed.length).toBeGreaterThan(15);
    expect(claimed.filter((words) => !isKnown(words))).toEqual([]);
  });

  test('ends with exit code 2 exactly when a person has a line', () => {
    const advice = dictionaryTable('What to do about a line');
    const claimed = rows.flatMap((row) => {
      const cell = row['you see'] ?? '';
      return claimsOf(cell)
        .filter(({ report }) => report === 'open-actions.csv')
        .slice(0, 1)
        .map(({ words }) => ({ cell, words }));
    });
    expect(claimed.length).toBeGreaterThan(15);
    for (const { cell, words } of claimed) {
      const line = advice.find(({ Kind, Reason }) => Kind === words[0] && Reason === (words[1] ?? ''));
      const needs = (line ?? advice.find(({ Kind, Reason }) => Kind === words[0] && Reason === ''))?.['Needs'];
      expect(cell.includes('exit code 2'), cell).toBe(needs === 'person');
    }
  });

  test('fills every cell of its two columns of actions', () => {
    const described = rows.filter((row) => 'you see' in row);
    expect(described.length).toBeGreaterThan(15);
    for (const row of described) {
      expect(Object.values(row), row['what is wrong']).not.toContain('');
    }
  });

  test('names settings that exist', () => {
    const words = [...page.text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)/g)].map(([, word = '']) => word);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => !settingNames.some((name) => name === word))).toEqual([]);
  });
});
