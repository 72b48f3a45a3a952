import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readContractFiles, variantOf } from '../../../src/ehr/contract/contract-files.ts';
import { readSectionFiles } from '../../../src/ehr/landing/section-files.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

test.each([
  ['SELECT a\nFROM t\n-- @by_id WHERE a = ANY ($1)\n', 'SELECT a\nFROM t\nWHERE a = ANY ($1)\n'],
  ['SELECT a -- @by_id SELECT b\nFROM t', 'SELECT b\nFROM t'],
  ['SELECT a\nFROM t\nWHERE b -- @by_id', 'SELECT a\nFROM t\n'],
  ['SELECT a -- @by_identity\nFROM t -- @summary FROM u', null],
  ['SELECT a\nFROM t', null],
  ['SELECT a\r\nFROM t\r\n-- @by_id WHERE a = ANY ($1);\r\n', 'SELECT a\r\nFROM t\r\nWHERE a = ANY ($1);\r\n'],
  ['SELECT a -- @by_id b -- @by_id c', 'c'],
])('%j is %j by id', (content, variant) => {
  expect(variantOf(content, 'by_id')).toBe(variant);
});

const rows = { 'patients.sql': 'SELECT patient_id FROM p', 'encounters.sql': 'SELECT 1 -- @by_id SELECT 1 WHERE $1' };

test('a query by id is the marked one, unless the folder has a file for it', async () => {
  const marked = await readContractFiles(await folderWith(rows));
  expect(marked.queries.filter(({ byId }) => byId).map(({ file, text }) => [file, text])).toEqual([
    ['encounters_by_id.sql', 'SELECT 1 WHERE $1'],
  ]);
  const both = await readContractFiles(await folderWith({ ...rows, 'encounters_by_id.sql': 'SELECT 2 WHERE $1' }));
  expect(both.queries.filter(({ byId }) => byId).map(({ text }) => text)).toEqual(['SELECT 2 WHERE $1']);
});

test('a marked section serves for summaries, unless the folder has a file for them', async () => {
  const files = {
    'sections/problems.sql': 'SELECT a -- @summary SELECT b',
    'sections/allergies.sql': 'SELECT a -- @summary SELECT b',
    'sections/notes.sql': 'SELECT a',
    'summary/allergies.sql': 'SELECT c',
  };
  const { queries, faults } = await readSectionFiles(await folderWith(files));
  expect(faults).toEqual([]);
  expect(queries.filter(({ key }) => key === 'patient_id').map(({ file, text }) => [file, text])).toEqual([
    ['summary/allergies.sql', 'SELECT c'],
    ['summary/problems.sql', 'SELECT b'],
  ]);
});

test.each([
  ['--@by_id WHERE a = ANY ($1)', 1],
  ['--  @by_id WHERE a = ANY ($1)', 1],
  ['-- @BY_ID WHERE a = ANY ($1)', 1],
  ['SELECT 1\r\n-- @by-id WHERE a = ANY ($1)\r\n', 2],
  ['# @by_id WHERE a IN ($1)', 1],
  ['/* @by id WHERE a IN ($1) */', 1],
])('refuses the misspelt mark of %j', async (text, line) => {
  const { faults } = await readContractFiles(await folderWith({ ...rows, 'encounters.sql': text }));
  const misspelt = `encounters.sql, line ${line}, has a misspelt mark; write it as -- @by_id, or the line stays a comment`;
  expect(faults).toContain(misspelt);
});

test('a mark with other words, and that of a file which is written too, are comments', async () => {
  const texts = ['SELECT 1 -- @author by_id', "SELECT 'me@summary.org', 'by_id'", 'SELECT 1 -- summary by id'];
  for (const text of texts) {
    const files = { ...rows, 'patients.sql': text, 'sections/problems.sql': text };
    expect((await readContractFiles(await folderWith(files))).faults).toEqual([]);
    expect((await readSectionFiles(await folderWith(files))).faults).toEqual([]);
  }
  const both = await folderWith({ ...rows, 'patients.sql': 'SELECT 1 --@by_id', 'patients_by_id.sql': 'SELECT $1' });
  expect((await readContractFiles(both)).faults).toEqual([]);
});

test('a misspelt @summary, and a mark that leaves nothing, are faults of their file', async () => {
  const folder = await folderWith({
    'patients.sql': 'SELECT 1 -- @by_id',
    'encounters.sql': 'SELECT 1',
    'sections/problems.sql': 'SELECT 1\n--@summary WHERE 2',
  });
  expect((await readContractFiles(folder)).faults).toEqual([
    'patients.sql with its lines -- @by_id holds no statement; write one SELECT into it',
  ]);
  expect((await readSectionFiles(folder)).faults).toEqual([
    'sections/problems.sql, line 2, has a misspelt mark; write it as -- @summary, or the line stays a comment',
  ]);
});
