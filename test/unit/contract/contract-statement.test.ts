import { expect, test } from 'vitest';
import { statementIn } from '../../../src/ehr/contract/contract-files.ts';
import { cpuMs } from '../cpu-time.ts';

test.each([
  ['SELECT 1;', 'SELECT 1'],
  ['SELECT 1 ;\n-- the end;\n/* ; */ ;', 'SELECT 1'],
  ['-- first;\nSELECT 1', '-- first;\nSELECT 1'],
  ["SELECT ';--'", "SELECT ';--'"],
  ["SELECT ';--\n'", "SELECT ';--\n'"],
  ["SELECT 'it''s;--';", "SELECT 'it''s;--'"],
  [String.raw`SELECT E'\';--';`, String.raw`SELECT E'\';--'`],
  ['SELECT 1 AS ";--" ;', 'SELECT 1 AS ";--"'],
  ['SELECT $$;--$$;', 'SELECT $$;--$$'],
  ['SELECT $a$ ; $$ /* $a$ ; --', 'SELECT $a$ ; $$ /* $a$'],
  ['SELECT 1 FROM t WHERE id = ANY($1);', 'SELECT 1 FROM t WHERE id = ANY($1)'],
  ['SELECT 1; SELECT 2;', 'SELECT 1; SELECT 2'],
])('%j is the statement %j', (content, statement) => {
  expect(statementIn(content)).toBe(statement);
});

test.each(['', ' ;\n', '-- nothing', '/* ; */ ; -- ;'])('%j has no statement', (content) => {
  expect(statementIn(content)).toBeNull();
});

test('a long file is read once', () => {
  const startedAt = cpuMs();
  expect(statementIn(`SELECT 1 ${'/* ; */ -- x;\n'.repeat(20_000)}${"'".repeat(19_999)}`)).not.toBeNull();
  expect(cpuMs() - startedAt).toBeLessThan(3_000);
});
