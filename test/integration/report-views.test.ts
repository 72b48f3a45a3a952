import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateLedger, openLedgerToRead } from '../../src/ledger/ledger.ts';
import { reportNames, reportQuery } from '../../src/report/definition.ts';
import { openPage } from '../unit/markdown-page.ts';
import { dictionaryTable } from '../unit/report-dictionary.ts';
import { type CraftedLedger, craftLedger } from './report-ledger.ts';
import { fillLedger, night } from './report-night.ts';

/** The reports as people read them with SQL. */

let ledger: CraftedLedger;
const reader = `reader_${process.pid}`;

const rowsOf = async (text: string, parameters: readonly (string | number)[] = []): Promise<object[]> =>
  (await ledger.session.query('a look', text, parameters)).rows;

const viewOf = (name: string): string => `report_${name.replaceAll('-', '_')}`;
const asLines = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

beforeAll(async () => {
  ledger = await craftLedger();
  await fillLedger(ledger);
});

afterAll(async () => {
  await rowsOf(`DROP OWNED BY ${reader}`).catch(() => undefined);
  await rowsOf(`DROP ROLE IF EXISTS ${reader}`).catch(() => undefined);
  await ledger.close();
});

describe('each report is a view', () => {
  test.each(reportNames())('%s gives the lines of its CSV', async (name) => {
    const lines = await rowsOf(reportQuery(name).text, [night.number]);
    expect(asLines(await rowsOf(`SELECT * FROM ${viewOf(name)} WHERE run_id = $1`, [night.id]))).toEqual(
      asLines(lines),
    );
    if (name !== 'acknowledged') expect(lines.length).toBeGreaterThan(0);
  });

  test.each(reportNames())('%s is granted in the example of the dictionary', (name) => {
    expect(openPage('reports/README.md').section('From SQL').join(' ')).toContain(`redox_reconcile.${viewOf(name)}`);
  });

  test('gives the lines of every run, each under its own id', async () => {
    const found = await rowsOf('SELECT DISTINCT run_id FROM report_calls ORDER BY run_id');
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(await rowsOf('SELECT DISTINCT run_id FROM run JOIN call USING (run_number) ORDER BY run_id'));
  });

  test.each(reportNames())('%s asks for one run only where one is meant', async (name) => {
    const plan = await rowsOf(`EXPLAIN SELECT * FROM ${viewOf(name)} WHERE run_id = '${night.id}'`);
    expect(JSON.stringify(plan)).toMatch(/run_id = '20260131T081500Z-nightly-3f2a'/);
  });

  test.each(reportNames())('%s says of each column what the dictionary says', async (name) => {
    const found = await rowsOf(
      'SELECT attname AS "Column", col_description(attrelid, attnum) AS "Meaning" FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum',
      [viewOf(name)],
    );
    expect(found).toEqual(
      dictionaryTable(`${name}.csv`).map(({ Column, Meaning }) => ({
        Column,
        Meaning: Meaning?.replaceAll('*', '\\*'),
      })),
    );
  });
});

describe('a role that may read the views', () => {
  beforeAll(async () => {
    await rowsOf(`CREATE ROLE ${reader}`);
    await rowsOf(`GRANT USAGE ON SCHEMA redox_reconcile TO ${reader}`);
    await rowsOf(`GRANT SELECT ON report_calls TO ${reader}`);
  });

  const asReader = async (text: string): Promise<object[]> => {
    await rowsOf(`SET ROLE ${reader}`);
    try {
      return await rowsOf(text);
    } finally {
      await rowsOf('RESET ROLE');
    }
  };

  test('reads them without a right on any table', async () => {
    expect((await asReader('SELECT * FROM report_calls')).length).toBeGreaterThan(0);
    await expect(asReader('SELECT * FROM call')).rejects.toThrow(/42501/);
    await expect(asReader('SELECT * FROM report_discrepancies')).rejects.toThrow(/42501/);
  });

  test('reads them still when they were made anew for another release', async () => {
    await rowsOf("COMMENT ON VIEW report_calls IS 'of a release before'");
    await migrateLedger(ledger.database.url);
    expect(await rowsOf("SELECT obj_description('report_calls'::regclass) AS is")).not.toEqual([
      { is: 'of a release before' },
    ]);
    expect((await asReader('SELECT * FROM report_calls')).length).toBeGreaterThan(0);
  });
});

test('views that are as they should be are left alone', async () => {
  const oids = (): Promise<object[]> =>
    rowsOf("SELECT relname, oid FROM pg_class WHERE relkind = 'v' AND relname LIKE 'report%' ORDER BY relname");
  const before = await oids();
  await migrateLedger(ledger.database.url);
  expect(await oids()).toEqual(before);
  await (await openLedgerToRead(ledger.database.url)).close();
});

test('a view that stands on one that must be made anew is named, and not dropped', async () => {
  await rowsOf('CREATE VIEW theirs AS SELECT run_id FROM report_calls');
  await rowsOf("COMMENT ON VIEW report_calls IS 'of a release before'");
  await expect(migrateLedger(ledger.database.url)).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringContaining('The view report_calls must be made anew') as string,
  });
  expect(await rowsOf('SELECT run_id FROM theirs LIMIT 1')).toHaveLength(1);
  await rowsOf('DROP VIEW theirs');
  await migrateLedger(ledger.database.url);
});
