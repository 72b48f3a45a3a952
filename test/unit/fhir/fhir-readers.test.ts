import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';

it('no reader has another before WITH ORDINALITY, to be planned at each call', async () => {
  const readers = await readFile(join(packageRoot, 'sql/ehr/fhir-readers.sql'), 'utf8');
  const sets = [...readers.matchAll(/CREATE FUNCTION (\w+)\([^)]*\) RETURNS SETOF/g)].map(([, name]) => name);
  expect(sets).toContain('elements');
  expect(readers).not.toMatch(new RegExp(String.raw`FROM (?:${sets.join('|')})\([^\n]*\)\s+WITH ORDINALITY`));
});
