import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/**
 * Compares a text, byte by byte, with `golden/<name>`. `UPDATE_GOLDEN=1` writes the file instead: read what changed before
 * committing it, for people's spreadsheets and scripts rely on it.
 */
export function expectGoldenText(name: string, text: string): void {
  const file = join(import.meta.dirname, '../../report/golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : `(no ${file}; write it with UPDATE_GOLDEN=1)`);
}
