import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { bannedWords } from './banned-words.ts';

interface Text {
  readonly line: number;
  readonly text: string;
}

const patternOf = (phrase: string): string => `\\b${phrase.replace(/\*$/, '\\w*').replaceAll(' ', '\\s+')}\\b`;
const rules = Object.entries(bannedWords).map(([phrase, instead]) => ({
  phrase,
  instead,
  pattern: new RegExp(patternOf(phrase), 'i'),
}));
const anyPhrase = new RegExp(Object.keys(bannedWords).map(patternOf).join('|'), 'i');

const folders = ['src', 'jobs', 'sql', 'reports', 'docs', 'test'];
const files = [
  ...readdirSync(packageRoot).filter((file) => file.endsWith('.md') || file === '.env.example'),
  ...folders.flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
].filter((file) => /\.(md|example)$/.test(file) || (!file.startsWith('test') && /\.(ts|sql)$/.test(file)));

/** Comments, and texts that contain a blank: those that people read. */
function textsOfProgram(code: string): readonly Text[] {
  const tree = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1;
  const comments = new Map<number, Text>();
  const texts: Text[] = [];
  const commentsAt = (node: ts.Node): readonly ts.CommentRange[] => [
    ...(ts.getLeadingCommentRanges(code, node.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(code, node.getEnd()) ?? []),
  ];
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of commentsAt(node))
      comments.set(pos, { line: lineOf(pos), text: code.slice(pos, end).replaceAll(/\n\s*(\*|\/\/) ?/g, ' ') });
    if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || isTemplatePart(node)) && node.text.includes(' '))
      texts.push({ line: lineOf(node.getStart()), text: node.text });
    node.getChildren(tree).forEach(visit);
  };
  visit(tree);
  return [...comments.values(), ...texts];
}

const isTemplatePart = (node: ts.Node): node is ts.TemplateMiddle | ts.TemplateTail =>
  ts.isTemplateMiddle(node) || ts.isTemplateTail(node);

/** Comments, and texts that contain a blank, such as the descriptions of columns. */
const textsOfSql = (code: string): readonly Text[] =>
  code
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/--(.*)$|'((?:[^']|'')* (?:[^']|'')*)'/g)].map(([text]) => ({ line: index + 1, text })),
    );

const textsOfPage = (page: string): readonly Text[] =>
  page
    .replaceAll(/^```[^]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .map((text, index) => ({ line: index + 1, text }));

function textsOf(file: string, content: string): readonly Text[] {
  if (file.endsWith('.ts')) return textsOfProgram(content);
  return file.endsWith('.sql') ? textsOfSql(content) : textsOfPage(content);
}

/** The banned phrases of a file, with place and remedy. Code in backticks is left out. */
function bannedIn(file: string, content: string): readonly string[] {
  // Parsing is slow, and few files need it.
  if (!anyPhrase.test(content)) return [];
  return textsOf(file, content).flatMap(({ line, text }) => {
    const prose = text.replaceAll(/`[^`]*`/g, '…');
    const found = rules.filter(({ pattern }) => pattern.test(prose));
    return found.map(({ phrase, instead }) => `${file}:${line}: "${phrase}" (instead: ${instead})`);
  });
}

describe('the English of comments, sentences and pages', () => {
  test('has no banned word', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((file) => bannedIn(file, readFileSync(join(packageRoot, file), 'utf8')))).toEqual([]);
  });

  test.each([
    [
      'a.ts',
      "const anew = 1;\n/** Made\n * anew. */\nf('told anew', `${anew} and so\nmany`, 'anew');",
      ['2: "anew"', '4: "anew"', '4: "so many"'],
    ],
    ['a.sql', "-- Made anew.\nCOMMENT ON TABLE a IS 'Staged anew.';\nSELECT 'anew', anew;", ['1: "anew"', '2: "anew"']],
    ['a.md', 'Made anew.\n```\nanew\n```\nSo many, and `anew`.', ['1: "anew"', '5: "so many"']],
  ])('is read in %s', (file, content, lines) => {
    const places = bannedIn(file, content).map((found) => found.replace(/ \(.*/, ''));
    expect(places).toEqual(lines.map((at) => `${file}:${at}`));
  });
});
