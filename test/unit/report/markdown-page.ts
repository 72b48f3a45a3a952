import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/package-root.ts';

/** A page of ours as data: its tables, by the heading of the second level under which they stand. */
interface MarkdownPage {
  readonly text: string;
  readonly headings: readonly string[];
  /** The lines under a heading. */
  readonly section: (heading: string) => readonly string[];
  /** The rows of a section's table; each cell under its column's name. */
  readonly table: (heading: string) => readonly Readonly<Record<string, string>>[];
}

export function openPage(path: string): MarkdownPage {
  const text = readFileSync(join(packageRoot, path), 'utf8');
  const lines = text.split('\n');
  const section = (heading: string): readonly string[] => {
    const start = lines.indexOf(`## ${heading}`);
    if (start === -1) throw new Error(`${path} has no section "${heading}"`);
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => line.startsWith('## '));
    return end === -1 ? rest : rest.slice(0, end);
  };
  return {
    text,
    headings: lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3)),
    section,
    table: (heading) => {
      const [header = [], , ...rows] = section(heading)
        .filter((line) => line.startsWith('|'))
        .map(cellsOf);
      if (rows.length === 0) throw new Error(`${path} has no table under "${heading}"`);
      return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
    },
  };
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('\\*', '*'));
