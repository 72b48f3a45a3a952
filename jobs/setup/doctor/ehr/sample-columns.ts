import type { Finding } from '../../../../src/values/reading.ts';
import type { RawRow } from '../../../../src/ehr/engine.ts';
import { table } from '../../../../src/plain-text.ts';

/** A line for each column of one row: its type, whether it holds something and about how much, and how it reads. Never the value. */
export function describeColumns(
  known: readonly string[],
  columns: ReadonlyMap<string, string>,
  row: RawRow,
  findings: readonly Finding[],
): string[] {
  return table(
    known.map((column) => {
      const type = columns.get(column);
      if (type === undefined) return [column, 'not given'];
      const problems = findings.filter((finding) => endOf(finding.column) === column).map(({ problem }) => problem);
      const reads = problems.length > 0 ? [...new Set(problems)].join(', ') : 'as expected';
      return [column, type, sizeOf(row[column] ?? null), (row[column] ?? null) === null ? '' : reads];
    }),
  );
}

/** Findings of a section name it before the column. */
const endOf = (column: string): string => column.slice(column.lastIndexOf('.') + 1);

/** A class of lengths: the exact one would tell a value from another. */
function sizeOf(value: string | null): string {
  if (value === null) return 'null';
  if (value.trim() === '') return 'blank';
  const limit = [10, 100, 1000].find((characters) => value.length < characters);
  return limit === undefined ? '1000 or more characters' : `under ${limit} characters`;
}
