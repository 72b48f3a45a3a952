import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readContractTables, tablesIn } from '../../../src/ehr/contract/contract-tables.ts';
import { landedTypes, tableOfType } from '../../../src/ehr/fhir/landed-type.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { statement } from '../../../src/postgres/sql-file.ts';

it("counts every table that a section of us-core reads in a visit's version", async () => {
  const { readBy } = await readContractTables(join(packageRoot, 'sql/ehr/us-core'));
  const counted = tablesIn(statement('ehr/fhir-landing/create_visit_content').text);
  const landed = new Set(landedTypes.map(tableOfType));
  for (const [file, tables] of readBy) {
    if (!file.startsWith('sections/')) continue;
    const missing = tables.filter((table) => landed.has(table) && !counted.includes(table));
    expect([file, missing]).toEqual([file, []]);
  }
});
