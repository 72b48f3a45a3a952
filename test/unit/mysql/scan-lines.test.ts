import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCopyLine } from '../../../src/contract/row/copy-text.ts';
import type { CheckedQuery } from '../../../src/ehr/contract/contract-query.ts';
import { scanText } from '../../../src/ehr/mysql/compose.ts';
import { latestInstant } from '../../../src/ehr/mysql/instant.ts';
import { marked, ScanLines } from '../../../src/ehr/mysql/scan-lines.ts';
import { windowFor } from '../../../src/ehr/mysql/window.ts';
import type { Selection } from '../../../src/ehr/ehr.ts';

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

function lengthOf(value: Buffer): Buffer {
  const { length } = value;
  if (length < 251) return Buffer.from([length]);
  const [first, width] = length < 0x1_00_00 ? [252, 2] : [253, 3];
  const bytes = Buffer.alloc(1 + width, first);
  bytes.writeUIntLE(length, 1, width);
  return bytes;
}

/** A row as the server sends it. */
function packet(values: readonly (string | Buffer | null)[]): Buffer {
  const nulls = Buffer.alloc((values.length + 9) >> 3);
  const sent = values.flatMap((value, index) => {
    if (value !== null) return [lengthOf(Buffer.from(value)), Buffer.from(value)];
    nulls[(index + 2) >> 3] = (nulls[(index + 2) >> 3] ?? 0) | (1 << ((index + 2) & 7));
    return [];
  });
  return Buffer.concat([Buffer.from([0]), nulls, ...sent]);
}

function linesOf(
  rows: readonly (readonly (string | Buffer | null)[])[],
  selection: Selection = { kind: 'all' },
): string {
  const lines = new ScanLines(query, windowFor(query, selection, zone), zone);
  for (const row of rows) {
    const bytes = packet(row);
    // Beside bytes of others, as in the driver.
    lines.add(Buffer.concat([Buffer.from('\\\t'), bytes, Buffer.from('\n')]), 2, 2 + bytes.length);
  }
  return lines.take().toString();
}

describe("a scan's lines of MySQL", () => {
  it('have a null for each column that is null, and leave out what the site omits', () => {
    expect(linesOf([['2026-03-01 10:00:00', 'P-1', null]])).toBe('2026-03-01 16:00:00+00\tP-1\t\\N\n');
  });

  it('escape as COPY does, and mark a zero byte', () => {
    expect(linesOf([[null, 'a\tb\\c\nd', '\\N']])).toBe('\\N\ta\\tb\\\\c\\nd\t\\\\N\n');
    expect(linesOf([[null, 'abcdefg\0b', 'x']])).toBe('\\N\t\ufdd0\tx\n');
  });

  it('read what is not UTF-8 as the driver does', () => {
    const broken = Buffer.from([0x4a, 0xc3, 0x28, 0xff, 0xe2, 0x82]);
    expect(linesOf([[null, broken, null]])).toBe(`\\N\t${broken.toString()}\t\\N\n`);
  });

  it('are those of the same texts, whatever they are and however long', () => {
    const value = fc.option(
      fc.string({ unit: fc.constantFrom('\0', '\t', '\\', '\n', '\u001f', ' ', 'N', 'é', '日', '👩', 'a') }),
    );
    const long = fc
      .tuple(value, fc.constantFrom(1, 1, 1, 40, 9_000))
      .map(([text, times]) => text?.repeat(times) ?? null);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, long, value), { minLength: 1 }), (rows) => {
        const expected = rows.map(([changed, retired, merged]) => {
          const instant = changed === null ? null : latestInstant(changed, zone);
          return `${encodeCopyLine([instant, marked(retired), marked(merged)])}\n`;
        });
        expect(linesOf(rows)).toBe(expected.join(''));
      }),
    );
  });

  it('are none for a row outside the window', () => {
    const rows = ['2026-03-01 10:00:00', '2026-03-02 10:00:00'].map((at) => [at, 'P-1', at]);
    const [from, to] = [new Date('2026-03-02T00:00:00Z'), new Date('2026-03-03T00:00:00Z')];
    expect(linesOf(rows, { kind: 'active_between', from, to })).toBe(
      '2026-03-02 16:00:00+00\tP-1\t2026-03-02 10:00:00\n',
    );
  });

  it('come of a statement that casts all columns but texts', () => {
    expect(scanText(query, '')).toMatch(
      /^SELECT CAST\(contract\.merged_at AS CHAR[^)]*\) AS updated_at, contract\.retired_patient_id, CAST\(/,
    );
  });

  it('are refused if a row does not end with its packet', () => {
    const lines = new ScanLines(query, windowFor(query, { kind: 'all' }, zone), zone);
    expect(() => {
      lines.add(packet(['2026-03-01', 'a', 'b', 'c']), 0, packet(['2026-03-01', 'a', 'b', 'c']).length);
    }).toThrow(/does not end where its packet ends/);
  });
});
