import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContractTables } from '../../../src/ehr/contract/contract-tables.ts';
import { packageRoot } from '../../../src/package-root.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-'));
  await mkdir(join(folder, 'sections'));
});
afterAll(() => rm(folder, { recursive: true }));

async function tablesOf(sql: string): Promise<readonly string[]> {
  await writeFile(join(folder, 'patients.sql'), sql);
  return (await readContractTables(folder)).readBy.get('patients.sql') ?? [];
}

describe("the tables that a contract's query may read", () => {
  test.each([
    ['SELECT notes, payers.name FROM patients', ['patients']],
    [
      'SELECT a FROM Patients AS p JOIN "Öl" USING (id), LATERAL (SELECT 1 FROM visits v) x',
      ['patients', 'Öl', 'visits'],
    ],
    ['SELECT a FROM a, b c, ONLY d WHERE e IN (SELECT f FROM g)', ['a', 'b', 'd', 'g']],
    ['SELECT a FROM ((a JOIN b ON a.x = b.y) LEFT JOIN c ON f(a.x, b.y) = c.z), d', ['a', 'b', 'c', 'd']],
    ['WITH x AS (SELECT * FROM a UNION ALL TABLE b) SELECT * FROM x', ['a', 'b', 'x']],
    ['SELECT a FROM a GROUP BY x, y ORDER BY z, w', ['a']],
    ["SELECT 'FROM b', a -- FROM c\n/* JOIN d */ FROM a", ['a']],
    ['SELECT a FROM chart.person', ['chart', 'person']],
    ['SELECT a FROM größe JOIN 患者 ON true', ['größe', '患者']],
  ])('%s', async (sql, tables) => {
    expect(await tablesOf(sql)).toEqual(tables);
  });

  test('are listed for each file of the contract, sections too', async () => {
    await writeFile(join(folder, 'sections/problems.sql'), 'SELECT encounter_id, code FROM conditions WHERE $1 = $1');
    expect((await readContractTables(folder)).readBy.get('sections/problems.sql')).toEqual(['conditions']);
    expect([...(await readContractTables(folder)).wordsAround('conditions')]).toEqual(
      expect.arrayContaining(['encounter_id', 'code', 'code_system']),
    );
  });

  test('of the Synthea contract exclude files that no query reads', async () => {
    const read = [...(await readContractTables(join(packageRoot, 'sql/ehr/synthea'))).readBy.values()].flat();
    for (const table of ['patients', 'encounters', 'conditions', 'providers']) expect(read).toContain(table);
    for (const table of ['payers', 'supplies']) expect(read).not.toContain(table);
  });
});
