import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

/** `reports/README.md` as data: its tables, by the heading under which they stand. */
const lines = readFileSync(join(packageRoot, 'reports/README.md'), 'utf8').split('\n');

/** What stands under a heading of the second level. */
function section(heading: string): readonly string[] {
  const start = lines.indexOf(`## ${heading}`);
  if (start === -1) throw new Error(`reports/README.md has no section "${heading}"`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return end === -1 ? rest : rest.slice(0, end);
}

/** The rows of a section's table; each cell under its column's name. */
export function dictionaryTable(heading: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], , ...rows] = section(heading)
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);
  return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}

export const dictionaryColumn = (heading: string, column: string): readonly string[] =>
  dictionaryTable(heading).map((row) => row[column] ?? '');

export const dictionaryHeadings = (): readonly string[] =>
  lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3));

/** The first sentence of a section: what one row is. */
export const grainOf = (heading: string): string => section(heading).find((line) => line !== '') ?? '';

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('\\*', '*'));
