import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exitCodes, NeighbourFault } from '../../../src/fault.ts';
import { migrateLedger, openLedgerToRead } from '../../../src/ledger/ledger.ts';
import type { Session } from '../../../src/postgres/session.ts';
import { writeCsv } from '../../../src/report/csv.ts';
import { makeFolder, writeWhole } from '../../../src/report/report-file.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-file-'));
  path = join(folder, 'calls.csv');
});

// The largest of these files has 200 MB.
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the disk says when it is full. */
const diskFull = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });

describe('a report file', () => {
  test('exists only when it is whole', async () => {
    await writeWhole(path, async (append) => {
      await append('one\r\n');
      expect(await readdir(folder)).not.toContain('calls.csv');
      await append('two\r\n');
    });
    expect(await readdir(folder)).toEqual(['calls.csv']);
    expect(await readFile(path, 'utf8')).toBe('one\r\ntwo\r\n');
  });

  test('leaves nothing behind on a full disk, with a remedy', async () => {
    const writing = writeWhole(path, async (append) => {
      await append('one\r\n');
      throw diskFull();
    });
    await expect(writing).rejects.toThrow(NeighbourFault);
    await expect(writing).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringMatching(/disk is full.*make room.*redox-reconcile report <run id>/) as string,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps the previous file when the new one fails', async () => {
    await writeFile(path, 'before');
    await expect(writeWhole(path, () => Promise.reject(diskFull()))).rejects.toThrow(NeighbourFault);
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['calls.csv']);
  });

  test('keeps a bug apart from disk trouble', async () => {
    const bug = new RangeError('a bug');
    await expect(writeWhole(path, () => Promise.reject(bug))).rejects.toBe(bug);
  });

  test('names the setting of a folder that it cannot create', async () => {
    await writeFile(path, 'a file where a folder should be');
    const making = makeFolder(join(path, 'run'));
    await expect(making).rejects.toThrow(/REPORT_DIR/);
    await expect(making).rejects.toThrow(NeighbourFault);
  });

  test('is private to its owner, and so is its folder', async () => {
    const inner = join(folder, 'reports', 'run');
    await makeFolder(inner);
    await writeWhole(join(inner, 'calls.csv'), (append) => append('x'));
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
    expect((await stat(join(inner, 'calls.csv'))).mode & 0o777).toBe(0o600);
  });
});

describe('a CSV from a query', () => {
  let database: TestDatabase;
  let session: Session;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateLedger(database.url);
    session = await openLedgerToRead(database.url);
  });

  afterAll(async () => {
    await session.close();
    await database.drop();
  });

  const lines = (expression: string): { name: string; text: string; columns: string[] } => ({
    name: 'lines',
    columns: ['n', 'value'],
    text: `SELECT n, ${expression} AS value FROM generate_series(1, 200000) AS n WHERE $1::integer > 0`,
  });

  test('has its header even without rows', async () => {
    const none = { name: 'none', text: 'SELECT 1 AS one, 2 AS two WHERE $1 < 0', columns: ['one', 'two'] };
    await writeCsv(session, none, 1, path);
    expect(await readFile(path, 'utf8')).toBe('one,two\r\n');
  });

  test('writes an unusual value as empty', async () => {
    const text =
      "SELECT 'infinity'::timestamptz AS a, '-infinity'::timestamptz AS b, '12000-01-01'::timestamptz AS c, '0044-03-15 BC'::timestamptz AS d, NULL AS e, false AS f WHERE $1::integer > 0";
    await writeCsv(session, { name: 'strange', text, columns: ['a', 'b', 'c', 'd', 'e', 'f'] }, 1, path);
    expect(await readFile(path, 'utf8')).toBe('a,b,c,d,e,f\r\n,,,,,false\r\n');
  });

  test('leaves nothing behind when the query fails, and the session continues', async () => {
    const failing = writeCsv(session, lines('1 / (n - 150000)'), 1, path);
    await expect(failing).rejects.toThrow('The ledger refused lines');
    expect(await readdir(folder)).toEqual([]);
    await writeCsv(session, { name: 'after', text: 'SELECT $1 AS one', columns: ['one'] }, 1, path);
    expect(await readFile(path, 'utf8')).toBe('one\r\n1\r\n');
  });

  test('of 200,000 lines is never in memory as a whole', async () => {
    let peak = 0;
    const before = process.memoryUsage().heapUsed;
    const sampling = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    }, 5);
    await writeCsv(session, lines("repeat('x', 1000) || n"), 1, path);
    clearInterval(sampling);
    const megabyte = 1024 * 1024;
    expect((await stat(path)).size).toBeGreaterThan(190 * megabyte);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(100 * megabyte);
  });
});
