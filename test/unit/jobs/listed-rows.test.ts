import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test, vi } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { readListedRows } from '../../../jobs/night/listed-rows.ts';
import type { ListedRow } from '../../../src/run/policy.ts';

// Starts a job: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What `rerun --only` makes of a file that people and their spreadsheets have had in hand. */

const folder = mkdtempSync(join(tmpdir(), 'listed-rows-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function listed(content: string | Buffer): Promise<ListedRow[]> {
  const file = join(folder, 'listed.csv');
  writeFileSync(file, content);
  const rows: ListedRow[] = [];
  for await (const row of readListedRows(file)) rows.push(row);
  return rows;
}

test('takes a byte-order mark, quotes and Windows line ends', async () => {
  expect(
    await listed(
      '\ufeff"entity","note","entity_id"\r\n"patient","","a,""b"\r\n"file","","x.csv"\r\n"organization","","2.16"\r\n',
    ),
  ).toEqual([{ entity: 'patient', id: 'a,"b' }]);
});

const patients = (...ids: string[]): ListedRow[] => ids.map((id) => ({ entity: 'patient', id }));

test("takes Excel's CSV UTF-8 with semicolons", async () => {
  expect(await listed('\ufeffentity;entity_id;needs\r\npatient;"a;b";person\r\npatient;a,b;person\r\n')).toEqual(
    patients('a;b', 'a,b'),
  );
});

test("takes Excel's Unicode text", async () => {
  const text = '\ufeffentity\tentity_id\r\npatient\tMüller\r\n';
  expect(await listed(Buffer.from(text, 'utf16le'))).toEqual(patients('Müller'));
});

test("takes LibreOffice's CSV with every text in quotes", async () => {
  expect(await listed('"entity","entity_id","http_status"\n"patient","P ""1""",400\n"patient","P,2",\n')).toEqual(
    patients('P "1"', 'P,2'),
  );
});

test('takes lines without last, empty fields, and empty lines', async () => {
  expect(await listed('entity,entity_id,reason,detail\r\npatient,p\r\n,,,\r\n\r\n,\r\npatient,q,,\r\n')).toEqual(
    patients('p', 'q'),
  );
});

test('takes any order of columns, and no final line break', async () => {
  expect(await listed('needs,entity_id,entity\nperson,p,patient')).toEqual(patients('p'));
});

test("removes the apostrophe that defuses a formula, also a spreadsheet's", async () => {
  expect(await listed("entity,entity_id\npatient,'=1+1\npatient,=1+1\npatient,'\npatient,'n Roll\n")).toEqual(
    patients('=1+1', '=1+1', "'", "'n Roll"),
  );
});

test('refuses ids that are not UTF-8', async () => {
  await expect(listed(Buffer.from('entity,entity_id\npatient,Müller\n', 'latin1'))).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringMatching(/is not UTF-8.*CSV UTF-8/) as string,
  });
});

test.each(['name,id\na,b\n', 'entity_id\np\n'])('names the columns missing from %j', async (content) => {
  await expect(listed(content)).rejects.toThrow(/no columns entity and entity_id/);
});

test.each([
  ['a zero byte', 'a\0b'],
  ['a key that is too long for any row', 'x'.repeat(2001)],
])('names the line with %s', async (_, id) => {
  await expect(listed(`entity,entity_id\npatient,p\npatient,${id}\n`)).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringContaining("line 3: entity_id cannot be a row's key") as string,
  });
});

test.each([
  ['rerun', '--only'],
  ['settle', '--as', 'send'],
])('%s reports its missing file first', async (job, ...options) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const file = join(folder, 'nope.csv');
  const signal = AbortSignal.any([]);
  const exitCode = await runCommandLine([job, ...options, file], { jobs, environment: {}, stdout, stderr, signal });
  stderr.end();
  expect(await text(stderr)).toContain('nope.csv could not be read as CSV (ENOENT)');
  expect(exitCode).toBe(64);
});
