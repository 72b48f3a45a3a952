import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test, vi } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { settingNames } from '../../../src/config/settings.ts';
import { callStates } from '../../../src/decide/call.ts';
import { changes } from '../../../src/decide/change.ts';
import { rowClasses } from '../../../src/decide/difference.ts';
import { endReasons, exitCodes } from '../../../src/fault.ts';
import { reasons, siteStates } from '../../../src/decide/health.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { openPage } from '../report/markdown-page.ts';
import { dictionaryColumn, dictionaryTable } from '../report/report-dictionary.ts';
import { messagesOf, textsIn } from './program-texts.ts';
import { readSourceFiles } from './source-tree.ts';

// Parses the whole program: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** OPERATING.md, which is read at 3 a.m., and the program must speak of the same things. */
const page = openPage('OPERATING.md');

const column = (heading: string, name: string): string[] => page.table(heading).map((row) => row[name] ?? '');
/** The words of a text that stand in backquotes. */
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
const sorted = (words: readonly string[]): string[] => [...words].sort();

const program = readSourceFiles('src')
  .filter(({ path }) => !path.startsWith('src/sandbox/'))
  .map(({ path }) =>
    ts.createSourceFile(path, readFileSync(join(packageRoot, path), 'utf8'), ts.ScriptTarget.Latest, true),
  );

describe('OPERATING.md', () => {
  test('gives an action for exactly the existing exit codes', () => {
    expect(column('How a job ended', 'exit code').map(Number)).toEqual(Object.values(exitCodes));
  });

  test('explains every reason of job_ended', () => {
    const words = column('What a program reads', 'reason').flatMap(quoted);
    expect(sorted(words)).toEqual(sorted(endReasons));
  });

  test('gives an action for every state of a run', () => {
    const migration = readFileSync(join(packageRoot, 'sql/ledger/migrations/0001-ledger.sql'), 'utf8');
    const allowed = /status text [^\n]*CHECK \(status IN \(([^)]+)\)\)/.exec(migration)?.[1] ?? '';
    expect(column('What a run is called', 'run')).toEqual([...allowed.matchAll(/'(\w+)'/g)].map(([, word]) => word));
  });

  test('gives an action for every state of a call', () => {
    expect(column('What became of a call', 'state')).toEqual(callStates);
  });

  test('names every class of rows', () => {
    const sentence = page.section('What became of a call').join(' ').split('Every row that was read')[1] ?? '';
    expect(sorted(quoted(sentence).filter((word) => /^[a-z_]+$/.test(word)))).toEqual(sorted(rowClasses));
  });

  test('gives an action for exactly the existing alerts', () => {
    expect(column('Alerts', 'reason')).toEqual(reasons.map((reason) => `\`${reason}\``));
    const sentence = page.section('Alerts').find((line) => line.startsWith('The state of the site')) ?? '';
    expect(quoted(sentence)).toEqual(siteStates);
  });

  test('names the owner of every kind and reason', () => {
    const sent = page
      .table('Lines of open-actions.csv')
      .flatMap(({ kind = '', reason = '' }) =>
        reason === '' ? [`${kind} `] : quoted(reason).map((one) => `${kind} ${one}`),
      );
    const advised = dictionaryTable('What to do about a line').map(
      (row) => `${row['Kind'] ?? ''} ${row['Reason'] ?? ''}`,
    );
    expect(sorted(sent)).toEqual(sorted(advised));
  });

  test('gives a person exactly the lines that need one', () => {
    const needs = new Map(
      dictionaryTable('What to do about a line').map((row) => [
        `${row['Kind'] ?? ''} ${row['Reason'] ?? ''}`,
        row['Needs'],
      ]),
    );
    for (const { kind = '', reason = '', ...row } of page.table('Lines of open-actions.csv')) {
      for (const one of reason === '' ? [''] : quoted(reason)) {
        const isNobodys = row['whose it is']?.startsWith("Nobody's") === true;
        expect(needs.get(`${kind} ${one}`), `${kind} ${one}`).toBe(isNobodys ? 'next_run' : 'person');
      }
    }
  });

  test('names the kinds of discrepancy that need nobody', () => {
    const sentence = page.section('Lines of open-actions.csv').find((line) => line.startsWith('The kinds')) ?? '';
    const listed = new Set(column('Lines of open-actions.csv', 'kind'));
    expect(quoted(sentence).filter((word) => !word.endsWith('.csv'))).toEqual(
      dictionaryColumn('Kinds of discrepancy', 'Kind').filter((kind) => !listed.has(kind)),
    );
  });
});

describe('its refusals', () => {
  const phrases = column('Refusals', 'it says').flatMap(quoted);

  test('are sentences that the program prints', () => {
    const texts = program.flatMap(textsIn);
    expect(phrases.filter((phrase) => !texts.some((text) => text.includes(phrase)))).toEqual([]);
  });

  test('include every refusal that the program prints', () => {
    const thrown = program.flatMap((tree) => messagesOf(tree, ['RefusedFault', 'LedgerHeldFault']));
    // The guard's refusals, whose reasons come from functions of their own.
    const known = [...phrases, 'Refused: ….'];
    const unexplained = thrown.filter((text) => !known.some((phrase) => text.includes(phrase)));
    expect(thrown.length).toBeGreaterThan(7);
    expect(unexplained).toEqual([]);
  });

  test('name every share that LARGE_CHANGE limits', () => {
    const sentence = page.section('Refusals').find((line) => line.startsWith('The words of')) ?? '';
    expect(quoted(sentence).filter((word) => word !== 'LARGE_CHANGE')).toEqual(changes);
  });
});

test('names existing jobs and settings', () => {
  const names = new Set(jobs.map(({ name }) => name));
  const words = quoted(page.text);
  const settings = words.flatMap((word) => /^[A-Z][A-Z]+(?:_[A-Z]+)+$/.exec(word)?.[0] ?? []);
  expect(settings.filter((name) => !settingNames.some((known) => known === name) && !name.startsWith('LOG_'))).toEqual(
    [],
  );
  const commands = words.flatMap((word) => /^redox-reconcile (\w[\w-]*)/.exec(word)?.[1] ?? []);
  expect(commands.filter((name) => !names.has(name))).toEqual([]);
  const safe = page.section('What is safe, and what is not').join('\n').split('**Never**')[0] ?? '';
  const spoken = quoted(safe).flatMap((word) => /^[a-z][a-z-]+/.exec(word)?.[0] ?? []);
  expect(spoken.filter((name) => !names.has(name))).toEqual([]);
});
