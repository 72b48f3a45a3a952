import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedgerToRead } from '../../../src/ledger/ledger.ts';
import type { Session } from '../../../src/postgres/session.ts';
import { undefuse } from '../../../src/report/defuse.ts';
import { reportNames, reportsOf, reportQuery } from '../../../src/report/definition.ts';
import { personLines } from '../../../src/report/person-lines.ts';
import { report as writeReports } from '../../../src/report/reports.ts';
import { callKinds, type Summary } from '../../../src/report/summary.ts';
import { dictionaryColumn, dictionaryTable } from '../../unit/report/report-dictionary.ts';
import { expectGoldenText } from '../support/report/report-golden.ts';
import { type CraftedLedger, craftLedger } from '../support/report/report-ledger.ts';
import { fillLedger, night, trickyIds } from '../support/report/report-night.ts';

let ledger: CraftedLedger;
let reader: Session;
let folder: string;

beforeAll(async () => {
  ledger = await craftLedger();
  await fillLedger(ledger);
  reader = await openLedgerToRead(ledger.database.url);
  const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
  ({ folder } = await writeReports([reader, ledger.session], night, reportDir));
});

afterAll(async () => {
  await reader.close();
  await ledger.close();
});

const newLines = async (session: Session, runNumber: number): Promise<number> =>
  (await personLines(session, runNumber)).new_lines;

const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

const rowsOf = async (name: string): Promise<Record<string, string>[]> => parse(await read(name), { columns: true });

describe('the reports of a night with every kind of event', () => {
  test.each(reportsOf('nightly'))('%s.csv equals its golden file', async (name) => {
    expectGoldenText(`${name}.golden.csv`, await read(`${name}.csv`));
  });

  test.each(reportsOf('nightly'))('%s.csv loads into a typed table with COPY, line by line', async (name) => {
    const types: Readonly<Record<string, string>> = { time: 'timestamptz' };
    const columns = dictionaryTable(`${name}.csv`).map(
      ({ Column = '', Type = '' }) => `${Column} ${types[Type] ?? Type}`,
    );
    await ledger.session.query('a table', `CREATE TEMPORARY TABLE copied (${columns.join(', ')})`);
    const csv = createReadStream(join(folder, `${name}.csv`));
    await ledger.session.copyIn('its lines', 'COPY copied FROM STDIN (FORMAT csv, HEADER)', csv);
    const { rows } = await ledger.session.query('what came', 'SELECT entity_id FROM copied');
    await ledger.session.query('the table', 'DROP TABLE copied');
    expect(rows.map((row) => String(row['entity_id'] ?? ''))).toEqual(
      (await rowsOf(`${name}.csv`)).map((row) => row['entity_id']),
    );
  });

  test('summary.json equals its golden file', async () => {
    expectGoldenText('summary.golden.json', await read('summary.json'));
  });

  test('are complete, without other files', async () => {
    expect((await readdir(folder)).sort()).toEqual(
      [...reportsOf('nightly').map((name) => `${name}.csv`), 'report.html', 'summary.json'].sort(),
    );
  });

  test('are private to their owner', async () => {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(folder)) {
      expect((await stat(join(folder, file))).mode & 0o777, file).toBe(0o600);
    }
  });

  test.each(reportNames())("%s.csv has the dictionary's columns, in order and type", async (name) => {
    const { fields } = await reader.query(name, reportQuery(name).text, [0]);
    const types: Readonly<Record<number, string>> = {
      16: 'boolean',
      20: 'integer',
      21: 'integer',
      23: 'integer',
      25: 'text',
      1184: 'time',
    };
    expect(fields.map((field) => [field.name, types[field.dataTypeID]])).toEqual(
      dictionaryTable(`${name}.csv`).map((row) => [row['Column'], row['Type']]),
    );
  });

  test('use only kinds, reasons and details of the dictionary', async () => {
    const explained = {
      kinds: [
        ...dictionaryColumn('Kinds of discrepancy', 'Kind'),
        ...dictionaryColumn('What became of a call', 'Kind'),
      ],
      reasons: [
        '',
        ...dictionaryColumn('Reasons of a call', 'Reason'),
        ...dictionaryColumn('Details of a discrepancy', 'Detail'),
      ],
    };
    const actions = await rowsOf('open-actions.csv');
    expect(actions).not.toEqual([]);
    for (const row of actions) {
      expect(explained.kinds).toContain(row['kind']);
      expect(explained.reasons).toContain(row['reason']?.replace(/^http_\d+$/, 'http_…'));
    }
  });

  test('give every id back, also through a spreadsheet', async () => {
    const ids = (await rowsOf('discrepancies.csv')).map((row) => undefuse(row['entity_id'] ?? ''));
    expect(ids).toEqual(expect.arrayContaining([...trickyIds]));
  });

  test('quote every line break for any reader of lines', async () => {
    const strict = parse(await read('discrepancies.csv'), { record_delimiter: ['\r\n', '\n', '\r'] });
    expect(strict).toEqual(parse(await read('discrepancies.csv'), { record_delimiter: '\r\n' }));
  });

  test('let no cell begin like a formula', async () => {
    for (const name of reportsOf('nightly')) {
      const cells = (await rowsOf(`${name}.csv`)).flatMap((row) => Object.values(row));
      expect(cells, name).not.toEqual([]);
      expect(cells.filter((cell) => /^[=+\-@\t\r\n]/.test(cell))).toEqual([]);
    }
  });

  test('count the same calls in the summary as calls.csv lists', async () => {
    const { calls } = JSON.parse(await read('summary.json')) as Summary;
    const listed = await rowsOf('calls.csv');
    expect(listed).not.toEqual([]);
    for (const [eventType, count] of Object.entries(calls)) {
      const ofEvent = listed.filter((row) => row['event_type'] === eventType);
      expect(count.planned).toBe(ofEvent.length);
      for (const kind of callKinds) expect(count[kind]).toBe(ofEvent.filter((row) => row['kind'] === kind).length);
    }
  });

  test('are the same when written again after later runs', async () => {
    const before = await Promise.all((await readdir(folder)).map(read));
    await ledger.session.query(
      'what a later plan does',
      "UPDATE call SET state = 'superseded', reason = 'newer_plan', finished_at = now(), is_open = false WHERE state = 'planned'",
    );
    const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
    ({ folder } = await writeReports([reader, ledger.session], night, reportDir));
    // The nights that are left are those of today.
    const today = before.map((text) => text.replace(/"nights_left": null/, '"nights_left": 0'));
    expect(await Promise.all((await readdir(folder)).map(read))).toEqual(today);
  });
});

describe('unwritable reports', () => {
  test('fail once all writing has ended, without a draft or summary', async () => {
    const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
    const inTheWay = join(reportDir, night.id, 'calls.csv');
    await mkdir(inTheWay, { recursive: true });
    const sessions = [reader, ledger.session];
    await expect(writeReports(sessions, night, reportDir)).rejects.toThrow(/calls\.csv: a folder has that name/);
    const left = await readdir(join(reportDir, night.id));
    expect(left.filter((name) => /draft|summary/.test(name))).toEqual([]);
    await rm(inTheWay, { recursive: true });
    await writeReports(sessions, night, reportDir);
    expect(await readdir(join(reportDir, night.id))).toContain('summary.json');
  });
});

describe('lines that need a person', () => {
  test('count for the exit code as the report lists them', async () => {
    const lines = await rowsOf('open-actions.csv');
    const fresh = lines.filter((row) => row['needs'] === 'person' && row['is_new'] === 'true');
    expect(await newLines(reader, night.number)).toBe(fresh.length);
    expect(lines.length).toBeGreaterThan(fresh.length);
  });

  test('are new to a sweep unless the previous sweep had them', async () => {
    const orphans = (await rowsOf('open-actions.csv')).filter((row) => row['patient_id'] === 'P-404');
    expect(orphans.map((row) => [row['entity_id'], row['is_new']])).toEqual([
      ['E-known', 'false'],
      ['E-planned', 'true'],
      ['E-since', 'true'],
    ]);
  });

  test.each([
    { run: 1, lines: 2, because: 'a first night has nothing before it' },
    { run: 2, lines: 1, because: 'the sweep before did not have it' },
    { run: 5, lines: 0, because: 'the sweep before had them already' },
    { run: 6, lines: 1, because: 'of what came since the sweep, only a run that ended counts' },
  ])('of run $run are $lines: $because', async ({ run, lines }) => {
    expect(await newLines(reader, run)).toBe(lines);
  });
});
