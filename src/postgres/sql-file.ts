import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** One statement of ours: its text, and the name under which it is prepared and spoken of in errors. */
export interface Statement<Row extends object = object> {
  readonly name: string;
  readonly text: string;
  /** Never there: says to the compiler what a row is. `statement-types.test.ts` compares it with what Postgres says of the statement. */
  readonly row?: Row;
}

const topics = new Map<string, ReadonlyMap<string, Statement>>();

/** A statement by its topic and name: `statement('ledger/run/close_run')` is `-- name: close_run` of `sql/ledger/run.sql`. */
export function statement<Row extends object>(name: string): Statement<Row> {
  const topic = name.slice(0, name.lastIndexOf('/'));
  const found = statementsOf(topic).get(name);
  if (found === undefined) throw new Error(`sql/${topic}.sql has no statement ${name}`);
  return found as Statement<Row>;
}

/** The statements of `sql/<topic>.sql`, in the order of the file, which is the order in which they run. Read once per process. */
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

/** The semicolon at its end is for those who read the file: the text also stands inside other statements. */
function namedStatement(topic: string, part: string): Statement {
  const end = part.indexOf('\n');
  const text = part.slice(end + 1).trimEnd();
  return { name: `${topic}/${part.slice(0, end)}`, text: text.replace(/;$/, '') };
}

/**
 * A statement that takes what no parameter can be: each `{part}` gives way to a name of ours or to the text of a query of ours. Values never
 * stand there.
 */
export function filledStatement(name: string, parts: Readonly<Record<string, string>>): Statement {
  const text = statement(name)
    .text.replaceAll(/^--.*\n/gm, '')
    .replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '');
  return { name, text };
}
