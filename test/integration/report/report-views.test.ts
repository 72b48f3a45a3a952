import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { migrateLedger, openLedgerToRead } from '../../../src/ledger/ledger.ts';
import { withReportViews } from '../../../src/ledger/report-views.ts';
import { reportNames, reportQuery } from '../../../src/report/definition.ts';
import { openPage } from '../../unit/report/markdown-page.ts';
import { dictionaryTable } from '../../unit/report/report-dictionary.ts';
import { type CraftedLedger, craftLedger } from '../support/report/report-ledger.ts';
import { fillLedger, night } from '../support/report/report-night.ts';

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
    if (!['acknowledged', 'audit'].includes(name)) expect(lines.length).toBeGreaterThan(0);
  });

  test.each(reportNames())('%s is granted in the example of the dictionary', (name) => {
    expect(openPage('reports/README.md').section('From SQL').join(' ')).toContain(`redox_reconcile.${viewOf(name)}`);
  });

  test('gives the lines of every run, each under its own id', async () => {
    const found = await rowsOf('SELECT DISTINCT run_id FROM report_calls ORDER BY run_id');
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(await rowsOf('SELECT DISTINCT run_id FROM run JOIN call USING (run_number) ORDER BY run_id'));
  });

  test.each(reportNames())('%s asks for one run where only one is meant', async (name) => {
    const plan = await rowsOf(`EXPLAIN SELECT * FROM ${viewOf(name)} WHERE run_id = '${night.id}'`);
    expect(JSON.stringify(plan)).toMatch(/run_id = '20260131T081500Z-nightly-3f2a'/);
  });

  test.each(reportNames())('%s comments each column as the dictionary does', async (name) => {
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

describe('a role with rights on the views', () => {
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

  test('still reads them after a release made them again', async () => {
    await rowsOf("COMMENT ON VIEW report_calls IS 'of a release before'");
    await migrateLedger(ledger.database.url);
    expect(await rowsOf("SELECT obj_description('report_calls'::regclass) AS is")).not.toEqual([
      { is: 'of a release before' },
    ]);
    expect((await asReader('SELECT * FROM report_calls')).length).toBeGreaterThan(0);
  });
});

test('keeps current views', async () => {
  const oids = (): Promise<object[]> =>
    rowsOf("SELECT relname, oid FROM pg_class WHERE relkind = 'v' AND relname LIKE 'report%' ORDER BY relname");
  const before = await oids();
  await migrateLedger(ledger.database.url);
  expect(await oids()).toEqual(before);
  await (await openLedgerToRead(ledger.database.url)).close();
});

describe("a site's own view on one of ours", () => {
  const columnsOf = async (view: string): Promise<unknown[]> =>
    (
      await rowsOf(
        'SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum',
        [view],
      )
    ).map((row) => ('name' in row ? row.name : null));

  /** The view as a release before had it: some columns of today's, and perhaps others. */
  async function asBefore(columns: string): Promise<void> {
    await rowsOf('CREATE TABLE of_before AS SELECT * FROM report_calls');
    await rowsOf('DROP VIEW report_calls');
    await rowsOf(`CREATE VIEW report_calls AS SELECT ${columns} FROM of_before`);
    await rowsOf("COMMENT ON VIEW report_calls IS 'of a release before'");
    await rowsOf(`GRANT SELECT ON report_calls TO ${reader} WITH GRANT OPTION`);
    await rowsOf(`CREATE VIEW theirs AS SELECT run_id, http_status FROM report_calls`);
    await rowsOf(`GRANT SELECT ON theirs TO ${reader}`);
  }

  afterEach(async () => {
    await rowsOf('DROP VIEW IF EXISTS theirs');
    await migrateLedger(ledger.database.url);
    await rowsOf('DROP TABLE IF EXISTS of_before');
  });

  test('survives a new column, which comes last, and so does a grant', async () => {
    const today = await columnsOf('report_calls');
    const before = today.filter((column) => column !== 'attempts');
    expect(today.at(-1)).not.toBe('attempts');
    await asBefore(before.join(', '));
    await migrateLedger(ledger.database.url);
    expect(await columnsOf('report_calls')).toEqual([...before, 'attempts']);
    expect((await rowsOf('SELECT * FROM theirs')).length).toBeGreaterThan(0);
    const granted = `SELECT has_table_privilege('${reader}', 'report_calls', 'SELECT WITH GRANT OPTION') AS ours,
      has_table_privilege('${reader}', 'theirs', 'SELECT') AS theirs`;
    expect(await rowsOf(granted)).toEqual([{ ours: true, theirs: true }]);
    const meaning =
      "SELECT col_description('report_calls'::regclass, attnum) AS said FROM pg_attribute WHERE attrelid = 'report_calls'::regclass AND attname = 'attempts'";
    expect(await rowsOf(meaning)).not.toEqual([{ said: null }]);
  });

  test('is named, and kept, when a column goes', async () => {
    await asBefore('*, 1 AS gone');
    await expect(migrateLedger(ledger.database.url)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining('The view report_calls loses a column') as string,
    });
    expect(await rowsOf('SELECT run_id FROM theirs LIMIT 1')).toHaveLength(1);
  });

  test('allows ours to be made and granted again after it is gone', async () => {
    await asBefore('*, 1 AS gone');
    await rowsOf('DROP VIEW theirs');
    await migrateLedger(ledger.database.url);
    expect(await columnsOf('report_calls')).not.toContain('gone');
    expect(await rowsOf(`SELECT has_table_privilege('${reader}', 'report_calls', 'SELECT') AS ours`)).toEqual([
      { ours: true },
    ]);
  });
});

describe('a migration that conflicts with a view', () => {
  const withTypeOf = (type: string): Promise<void> =>
    withReportViews(ledger.session, 'redox_reconcile', async () => {
      await rowsOf(`ALTER TABLE call ALTER COLUMN event_type TYPE ${type}`);
    });

  afterAll(async () => {
    await rowsOf('DROP VIEW IF EXISTS theirs');
    await withTypeOf('text');
  });

  test('runs, and makes the views again', async () => {
    await withTypeOf('varchar');
    expect((await rowsOf('SELECT * FROM report_calls')).length).toBeGreaterThan(0);
  });

  test("names a site's own view in its way, and keeps all views", async () => {
    await rowsOf('CREATE VIEW theirs AS SELECT run_id FROM report_calls');
    const before = await rowsOf('SELECT count(*) FROM report_acknowledged');
    await expect(withTypeOf('text')).rejects.toThrow('a view of your own depends on it');
    expect(await rowsOf('SELECT count(*) FROM report_acknowledged')).toEqual(before);
  });
});
