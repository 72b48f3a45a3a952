import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** docs/what-a-document-says.md names a test and a golden file for each rule. */

const root = join(import.meta.dirname, '../../../..');
const page = readFileSync(join(root, 'docs/what-a-document-says.md'), 'utf8');
const tests = readdirSync(import.meta.dirname)
  .filter((file) => file.startsWith('nothing-misleads'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');

const rules = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()))
  .slice(2);

test('the page has rules, each with a source', () => {
  expect(rules.length).toBeGreaterThan(8);
  for (const [rule, source] of rules) expect([rule, source]).not.toContain('');
});

test.each(rules)('%s', (_rule, _source, group = '', golden = '') => {
  expect(tests).toContain(`describe('${group}'`);
  expect(existsSync(join(import.meta.dirname, `../golden/document-${golden}.golden.json`))).toBe(true);
});

test('every golden document belongs to a rule', () => {
  const named = [...tests.matchAll(/\bgolden\(\s*'([^']+)'|'document-([a-z-]+)'/g)].map(
    ([, name, whole]) => name ?? whole,
  );
  expect(new Set(named)).toEqual(new Set(rules.map(([, , , golden]) => golden)));
});
