import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readContractTables, tablesIn } from '../../../src/ehr/contract/contract-tables.ts';
import { landedTypes, tableOfType } from '../../../src/ehr/fhir/landed-type.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { statement } from '../../../src/postgres/sql-file.ts';

it("counts every table that a section of us-core reads in the content's version", async () => {
  const { readBy } = await readContractTables(join(packageRoot, 'sql/ehr/us-core'));
  const counted = tablesIn(statement('ehr/fhir-landing/create_content').text);
  const landed = new Set(landedTypes.map(tableOfType));
  for (const [file, tables] of readBy) {
    if (!/^(?:sections|summary)\//.test(file)) continue;
    const missing = tables.filter((table) => landed.has(table) && !counted.includes(table));
    expect([file, missing]).toEqual([file, []]);
  }
});

/** What a file selects, for a summary in place of a visit. */
async function selected(folder: 'sections' | 'summary', file: string): Promise<readonly string[]> {
  const text = await readFile(join(packageRoot, 'sql/ehr/us-core', folder, file), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .map((line) => line.replaceAll(/\bvisit\b/g, 'summary').replaceAll('encounter_id', 'patient_id'));
}

it('selects for a summary of us-core what it selects for a visit', async () => {
  const files = await readdir(join(packageRoot, 'sql/ehr/us-core/summary'));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const ofVisits = await selected('sections', file);
    // Diagnoses of visits stand among the problems.
    const wanted = file === 'problems.sql' ? ofVisits.slice(0, -1) : ofVisits;
    expect([file, await selected('summary', file)]).toEqual([file, wanted]);
  }
});
