import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** A statement: its text, and its name for preparing it and for errors. */
export interface Statement<Row extends object = object> {
  readonly name: string;
  readonly text: string;
  /**
   * Always absent: carries the row type for the compiler. `statement-types.test.ts` compares it with Postgres'
   * description.
   */
  readonly row?: Row;
}

export type Parameter = string | number | boolean | Date | Buffer | null | readonly (string | null)[];

export interface Ask {
  readonly statement: Statement;
  readonly parameters: readonly Parameter[];
}

const topics = new Map<string, ReadonlyMap<string, Statement>>();

/**
 * A statement by topic and name: `statement('ledger/run/close_run')` is `-- name: close_run` in `sql/ledger/run.sql`.
 */
export function statement<Row extends object>(name: string): Statement<Row> {
  const topic = name.slice(0, name.lastIndexOf('/'));
  const found = statementsOf(topic).get(name);
  if (found === undefined) throw new Error(`sql/${topic}.sql has no statement ${name}`);
  return found as Statement<Row>;
}

/** The statements of `sql/<topic>.sql` in file order, also the order of execution. Read once per process. */
export function statementsOf(topic: string): ReadonlyMap<string, Statement> {
  const known = topics.get(topic);
  if (known !== undefined) return known;
  const [, ...parts] = readFileSync(join(packageRoot, 'sql', `${topic}.sql`), 'utf8').split(/^-- name: /m);
  const read = parts.map((part) => namedStatement(topic, part)).map((one) => [one.name, one] as const);
  const found = new Map(read);
  if (found.size < read.length) throw new Error(`sql/${topic}.sql has two statements of one name`);
  topics.set(topic, found);
  return found;
}

/** Drops the final semicolon, because the text is also used inside other statements. */
function namedStatement(topic: string, part: string): Statement {
  const end = part.indexOf('\n');
  const text = part.slice(end + 1).trimEnd();
  return { name: `${topic}/${part.slice(0, end)}`, text: text.replace(/;$/, '') };
}

/**
 * Fills each `{part}` of a statement with a name or a query of this project, for places that accept no parameter.
 * Values are never inserted this way.
 */
export function filledStatement(name: string, parts: Readonly<Record<string, string>>): Statement {
  const text = statement(name)
    .text.replaceAll(/^--.*\n/gm, '')
    .replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '');
  return { name, text };
}
