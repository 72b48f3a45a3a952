import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeCsv } from '../../../src/report/csv.ts';
import { texts } from '../bad-input/hostile-texts.ts';
import { csvByRows } from '../support/csv-by-rows.ts';
import { type CraftedLedger, craftLedger } from '../support/report/report-ledger.ts';

let ledger: CraftedLedger;
let folder: string;

beforeAll(async () => {
  ledger = await craftLedger();
  await ledger.session.query(
    'a table of whatever there is',
    `CREATE TABLE hostile (
       position integer PRIMARY KEY, said text, at timestamptz, isit boolean, many integer, few smallint, most bigint
     )`,
  );
  folder = await mkdtemp(join(tmpdir(), 'report-csv-'));
});

afterAll(async () => {
  await ledger.close();
  await rm(folder, { recursive: true });
});

const columns = ['said', 'at', 'isit', 'many', 'few', 'most'];
type Row = readonly [string | null, Date | null, boolean | null, number | null, number | null, number | null];

/** The file that Postgres writes of these rows. */
async function written(rows: readonly Row[]): Promise<string> {
  const { session } = ledger;
  await session.query('no rows', 'TRUNCATE hostile');
  const values = rows.map((row, position) =>
    Object.fromEntries<unknown>([...columns.map((name, at) => [name, row[at]] as const), ['position', position]]),
  );
  await session.query('the rows', 'INSERT INTO hostile SELECT * FROM jsonb_populate_recordset(NULL::hostile, $1)', [
    JSON.stringify(values),
  ]);
  const path = join(folder, 'hostile.csv');
  const text = `SELECT ${columns.join(', ')} FROM hostile WHERE $1 > 0 ORDER BY position`;
  await writeCsv(session, { name: 'hostile', text, columns }, 1, path);
  return readFile(path, 'utf8');
}

const ofText = (said: string): Row => [said, null, null, null, null, null];

/** Postgres holds no zero bytes, and nothing in UTF-8 holds half a character. */
const isHeld = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

describe("Postgres writes a CSV with a library's bytes", () => {
  test('of every naughty string', async () => {
    const rows = ['', ...texts].filter(isHeld).map(ofText);
    expect(await written(rows)).toBe(csvByRows(columns, rows));
  });

  test('of texts from the special characters of CSV, spreadsheets and COPY', async () => {
    const letters = [
      "'",
      '"',
      ',',
      ';',
      '\t',
      '\r',
      '\n',
      '\r\n',
      '=',
      '+',
      '-',
      '@',
      '＝',
      '＋',
      '－',
      '＠',
      '\\',
      '\\.',
      '\\N',
      'a',
      ' ',
      'é',
      '😀',
      '\u2028',
      '\uFEFF',
    ];
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...letters), maxLength: 12 }),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text.filter(isHeld), { maxLength: 200 }), async (some) => {
        expect(await written(some.map(ofText))).toBe(csvByRows(columns, some.map(ofText)));
      }),
      { numRuns: 60 },
    );
  });

  test('of times, numbers, booleans and nulls', async () => {
    const time = fc.date({
      min: new Date('0001-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    const integer = (bits: number): fc.Arbitrary<number> =>
      fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
    const row = fc.tuple(
      fc.option(fc.constantFrom('', 'x', 'true')),
      fc.option(time),
      fc.option(fc.boolean()),
      fc.option(integer(32)),
      fc.option(integer(16)),
      fc.option(integer(53)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 100 }), async (rows) => {
        expect(await written(rows)).toBe(csvByRows(columns, rows));
      }),
      { numRuns: 40 },
    );
  });

  test('of a long file whose quotes and breaks meet every edge', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => ofText(`${'x'.repeat(n % 97)}"\n\r\n${'y'.repeat(n % 53)}`));
    expect(await written(rows)).toBe(csvByRows(columns, rows));
  });
});
