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
