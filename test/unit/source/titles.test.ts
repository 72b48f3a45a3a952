import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';

/** The title of a `describe`, `it` or `test`; a value that a template inserts counts as one word. */
interface Title {
  readonly place: string;
  readonly text: string;
  readonly words: number;
}

const testFiles = readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('test', file));

function titlesIn(path: string, code: string): readonly Title[] {
  const tree = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
  const found: Title[] = [];
  const visit = (node: ts.Node): void => {
    const text = titleOf(node);
    if (text !== null) found.push({ place: path, text, words: text.trim().split(/\s+/).length });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** `it('…', …)`, `test.each(…)('…', …)`. */
function titleOf(node: ts.Node): string | null {
  if (!ts.isCallExpression(node) || !/^(describe|it|test)\b/.test(node.expression.getText())) return null;
  const [title, body] = node.arguments;
  if (title === undefined || body === undefined) return null;
  if (ts.isStringLiteralLike(title)) return title.text;
  if (!ts.isTemplateExpression(title)) return null;
  return title.head.text + title.templateSpans.map((span) => `…${span.literal.text}`).join('');
}

describe('the titles of tests', () => {
  const titles = testFiles.flatMap((path) => titlesIn(path, readFileSync(join(packageRoot, path), 'utf8')));

  test('have at most sixteen words', () => {
    expect(titles.filter(({ words }) => words > 16)).toEqual([]);
  });

  test('have nine words or fewer in the median', () => {
    const sorted = titles.map(({ words }) => words).sort((one, other) => one - other);
    expect(sorted.length).toBeGreaterThan(1_000);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(9);
  });
});

test('this test finds titles, tables and templates', () => {
  const code = "describe('a', () => { it.each([1])('b %s', () => {}); test(`c ${d} e`, () => {}); })";
  expect(titlesIn('example.test.ts', code).map(({ text }) => text)).toEqual(['a', 'b %s', 'c … e']);
});
