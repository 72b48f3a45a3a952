import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { contract, entities } from '../../../src/contract/contract.ts';
import { contractPage } from './contract-page.ts';
import { requiredSectionColumns, sectionColumns, sectionContract, sections } from '../../../src/contract/section.ts';
import { belongsTo } from '../../../src/contract/section/column.ts';

const file = join(packageRoot, 'sql/ehr/README.md');

test('sql/ehr/README.md is the checked contract; UPDATE_GOLDEN=1 writes it', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, contractPage());
  expect(readFileSync(file, 'utf8')).toBe(contractPage());
});

test('the page names every column of every query', () => {
  const page = contractPage();
  const columns: readonly string[] = [
    ...entities.flatMap((entity) => [...contract[entity].columns]),
    ...sections.flatMap((section) => [...sectionColumns(section)]),
  ];
  for (const column of columns) expect(page).toContain(`| \`${column}\``);
});

test.each(sections)('the columns of %s begin with the required ones, and every prefix matches', (section) => {
  const columns: readonly string[] = sectionColumns(section);
  expect(columns.slice(0, requiredSectionColumns.length)).toEqual(requiredSectionColumns);
  expect(new Set(columns).size).toBe(columns.length);
  const { group, repeats } = sectionContract[section];
  for (const prefix of [...group, ...repeats]) {
    expect(columns.some((column) => belongsTo(column, [prefix]))).toBe(true);
  }
});
