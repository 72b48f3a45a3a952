import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readListedRows } from '../../jobs/listed-rows.ts';
import type { ListedRow } from '../../src/steps/scope.ts';

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

test('takes a file with a byte-order mark, quotes and the line ends of Windows', async () => {
  expect(await listed('\ufeff"entity","note","entity_id"\r\n"patient","","a,""b"\r\n"file","","x.csv"\r\n')).toEqual([
    { entity: 'patient', id: 'a,"b' },
  ]);
});

test('tells whoever has saved it with semicolons to save it with commas', async () => {
  await expect(listed('entity;entity_id\npatient;p\n')).rejects.toThrow(/no columns entity.*with commas between/);
});

test.each([
  ['a zero byte', 'a\0b'],
  ['a key that is too long for any row', 'x'.repeat(2001)],
])('names the line with %s', async (_, id) => {
  await expect(listed(`entity,entity_id\npatient,p\npatient,${id}\n`)).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringContaining('line 3: entity_id is no key') as string,
  });
});
