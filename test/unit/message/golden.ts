import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/**
 * Compares a value, as indented JSON, byte by byte with `golden/<name>.golden.json`. `UPDATE_GOLDEN=1` writes the file
 * instead: read what changed before committing it, for it is what Redox will be sent.
 */
export const expectGolden = (name: string, value: unknown): void => {
  const file = join(import.meta.dirname, 'golden', `${name}.golden.json`);
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : `(no ${file}; write it with UPDATE_GOLDEN=1)`);
};

/** The text of `golden/<name>.golden.json`. */
export const readGolden = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'golden', `${name}.golden.json`), 'utf8');
