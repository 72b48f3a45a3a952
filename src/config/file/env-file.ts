import { parse } from 'dotenv';
import { readTextFile } from './text-file.ts';

/** A probable mistake that the program tolerates and logs. Never contains a value. */
export interface SettingDoubt {
  readonly name: string;
  readonly says: string;
}

interface EnvFile {
  readonly variables: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
  readonly doubts: readonly SettingDoubt[];
}

/** Reads a dotenv file, and finds what the reader ignores silently: cut values, repeated names, and lines without an assignment. */
export function readEnvFile(path: string, isOurs: (name: string) => boolean): EnvFile {
  const read = readTextFile(path);
  if (read.text === null) {
    return { variables: {}, faults: [`--env-file ${path} ${read.trouble}; expected a dotenv file.`], doubts: [] };
  }
  const assignments = assignmentsIn(read.text).filter(({ name }) => isOurs(name));
  return {
    variables: parse(read.text),
    faults: assignments.flatMap((assignment) => faultsOf(assignment, path)),
    doubts: [...saidTwice(assignments, path), ...strayLines(read.text, path)],
  };
}

interface Assignment {
  readonly name: string;
  /** As written, with its quotes, up to a comment. */
  readonly value: string;
  readonly comment: string | null;
  readonly line: number;
}

/** How dotenv finds an assignment, with its parts named; every one of its spellings is in the test. */
const assignment =
  /^\s*(?:export\s+)?(?<name>[\w.-]+)(?:\s*=\s*?|:\s+?)(?<value>\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?(?<gap>\s*)(?<comment>#.*)?$/gm;

function assignmentsIn(text: string): Assignment[] {
  return [...text.replaceAll(/\r\n?/g, '\n').matchAll(assignment)].map(({ 0: whole, index, groups = {}, input }) => ({
    name: groups['name'] ?? '',
    value: `${groups['value'] ?? ''}${groups['gap'] ?? ''}`,
    comment: groups['comment'] ?? null,
    line: lineAt(input, index + whole.search(/\S/)),
  }));
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

function faultsOf({ name, value, comment, line }: Assignment, path: string): string[] {
  const where = `${name} (${path}, line ${line})`;
  const isQuoted = /^\s*(['"`])[^]*\1\s*$/.test(value);
  if (comment !== null && !isQuoted && !/\s$/.test(value)) {
    return [
      `${where} is cut at the #, for a comment begins there; put the value into quotes, or a blank before the #.`,
    ];
  }
  return /^\s*['"`]/.test(value) && !isQuoted ? [`${where} begins with a quote that nothing closes; close it.`] : [];
}

function saidTwice(assignments: readonly Assignment[], path: string): SettingDoubt[] {
  return [...new Set(assignments.map(({ name }) => name))].flatMap((name) => {
    const lines = assignments.filter((one) => one.name === name).map(({ line }) => line);
    if (lines.length === 1) return [];
    return [
      {
        name,
        says: `it is given more than once in ${path} (lines ${lines.join(', ')}); the last one counts, so leave only that`,
      },
    ];
  });
}

/** A name lacking `=`, or the unquoted lines of a key. */
function strayLines(text: string, path: string): SettingDoubt[] {
  const rest = text.replaceAll(/\r\n?/g, '\n').replaceAll(assignment, (whole) => whole.replaceAll(/[^\n]/g, ''));
  const lines = rest.split('\n').flatMap((line, index) => (/^\s*(#|$)/.test(line) ? [] : [index + 1]));
  const shown = lines.slice(0, 5).join(', ');
  if (lines.length === 0) return [];
  const says = `line ${shown}${lines.length > 5 ? ' …' : ''} of ${path} has no NAME=value and is ignored; put a value of several lines in quotes`;
  return [{ name: '--env-file', says }];
}
