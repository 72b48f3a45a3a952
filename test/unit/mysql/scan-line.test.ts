import { describe, expect, it } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import { scanText } from '../../../src/ehr/mysql/compose.ts';
import { lineMaker, newRowMarks } from '../../../src/ehr/mysql/scan-line.ts';
import { windowFor } from '../../../src/ehr/mysql/window.ts';
import type { CheckedQuery } from '../../../src/ehr/contract/contract-query.ts';

const marks = newRowMarks();
const query: CheckedQuery = {
  entity: 'merge',
  file: 'merges.sql',
  text: 'SELECT retired_patient_id, merged_at FROM merge',
  byId: false,
  known: ['retired_patient_id', 'surviving_patient_id', 'merged_at'],
  required: [],
  columns: new Map([
    ['retired_patient_id', 'text'],
    ['merged_at', 'datetime'],
  ]),
  doubts: [],
};
const zone = 'America/Chicago';
const toLine = lineMaker(query, windowFor(query, { kind: 'all' }, zone), zone, marks);
const row = (changed: string | null, ...values: readonly (string | null)[]): readonly (string | null)[] => [
  changed,
  values.map((value) => value ?? marks.absent).join(marks.between),
];

describe("a scan's line of MySQL", () => {
  it('has a null for each column that is null or omitted', () => {
    expect(toLine(row('2026-03-01 10:00:00', 'P-1', null))).toBe('2026-03-01 16:00:00+00\tP-1\t\\N\t\\N\n');
  });

  it('escapes as COPY does, and marks a zero byte', () => {
    expect(toLine(row(null, 'a\tb\\c\nd', '\\N'))).toBe('\\N\ta\\tb\\\\c\\nd\t\\N\t\\\\N\n');
    expect(toLine(row(null, 'a\0b', 'x'))).toBe('\\N\t\ufdd0\t\\N\tx\n');
  });

  it('keeps control characters that stand between columns', () => {
    expect(toLine(row(null, '\u0001', '\u0002'))).toBe('\\N\t\u0001\t\\N\t\u0002\n');
  });

  it('of more text than the server puts into one row is a fault of the query', () => {
    expect(() => toLine([null, null])).toThrow(UsageFault);
    expect(() => toLine([null, null])).toThrow(/^merges\.sql gives a row with more text .*max_allowed_packet/);
  });

  it('comes of marks that stand as hexadecimal digits in the statement', () => {
    const text = scanText(query, '', { between: '\u0001a', absent: '\u0002a' });
    expect(text).toContain(
      'CONCAT_WS(_utf8mb4 0x0161 COLLATE utf8mb4_bin, IFNULL(CONVERT(contract.retired_patient_id USING utf8mb4)',
    );
  });
});
