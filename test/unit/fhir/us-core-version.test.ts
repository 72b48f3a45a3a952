import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readContractTables, tablesIn } from '../../../src/ehr/contract/contract-tables.ts';
import { landedTypes, tableOfType } from '../../../src/ehr/fhir/landed-type.ts';
import { readSectionFiles } from '../../../src/ehr/landing/section-files.ts';
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

it('reads summaries of us-core by the sections of visits, except those that only a visit has', async () => {
  const { queries, faults } = await readSectionFiles(join(packageRoot, 'sql/ehr/us-core'));
  const summaries = queries.filter(({ key }) => key === 'patient_id');
  expect(faults).toEqual([]);
  expect(queries.length - 2 * summaries.length).toBe(4);
  for (const { text } of summaries) {
    expect(text).toContain('summary = ANY ($1)');
    expect(text.replaceAll(/--.*/g, '')).not.toMatch(/\bvisit\b|encounter_id/);
  }
});
