import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test, vi } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { ledgerTables } from '../../../src/ledger/rights.ts';
import { statementsOf } from '../../../src/postgres/sql-file.ts';

// Parses the whole program: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));

/** Contracts are one query a file, and a migration is one file: neither is called by a statement's name. */
const isTopic = (file: string): boolean => !/^sql\/(ehr\/[^/]+\/|ledger\/migrations\/)/.test(file);

const topics = filesIn('sql', '.sql').filter(isTopic);
const named = topics.flatMap((file) => [...statementsOf(file.slice('sql/'.length, -'.sql'.length)).keys()]);

/** The arguments of `statement(…)` and `filledStatement(…)` in a file, as they stand there. */
function namesIn(file: string, code = readFileSync(join(packageRoot, file), 'utf8')): readonly ts.Expression[] {
  if (!/\b(filledS|s)tatement\b/.test(code)) return [];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(filledS|s)tatement$/.test(node.expression.getText()))
      found.push(...node.arguments.slice(0, 1));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true));
  return found;
}

const callers = [...filesIn('src', '.ts'), ...filesIn('jobs', '.ts')].filter(
  (file) => !file.endsWith('postgres/sql-file.ts'),
);
const tests = filesIn('test', '.ts').filter((file) => !file.endsWith('named-statements.test.ts'));
const literals = (files: readonly string[]): readonly string[] =>
  files.flatMap((file) =>
    namesIn(file)
      .filter(ts.isStringLiteral)
      .map(({ text }) => text),
  );

describe('a named statement', () => {
  test('has a unique name among topics', () => {
    const names = named.map((name) => name.slice(name.lastIndexOf('/') + 1));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('is called by its literal name in the program', () => {
    const called = new Set(literals(callers));
    expect(named.filter((name) => !called.has(name))).toEqual([]);
  });

  test('has words for a missing right if it is on the ledger', () => {
    const onLedger = named.filter((name) => name.startsWith('ledger/'));
    expect(onLedger.filter((name) => ledgerTables.taskOf(name) === name)).toEqual([]);
  });

  test('has a definition for every call', () => {
    const known = new Set(named);
    expect(literals([...callers, ...tests]).filter((name) => !known.has(name))).toEqual([]);
  });

  test('is never called by a composed name', () => {
    const computed = callers.flatMap((file) => namesIn(file).filter((name) => !ts.isStringLiteral(name)));
    expect(computed.map((name) => `${name.getSourceFile().fileName}: ${name.getText()}`)).toEqual([]);
  });
});

test('belongs to a topic with a heading', () => {
  expect(topics.filter((file) => !/^-- [A-Z`]/.test(readFileSync(join(packageRoot, file), 'utf8')))).toEqual([]);
});

test('this test catches a composed name', () => {
  const [name] = namesIn('example.ts', 'statement(`ledger/run/${what}`)');
  expect(name !== undefined && ts.isStringLiteral(name)).toBe(false);
});
