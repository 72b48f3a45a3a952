import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** One statement of ours: its text, and the name under which it is prepared and spoken of in errors. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const statements = new Map<string, Statement>();

/** The statement in `sql/<name>.sql`, e.g. `statement('ledger/run/open')`. Read once per process. */
export function statement(name: string): Statement {
  const known = statements.get(name);
  if (known !== undefined) return known;
  const read = { name, text: readFileSync(join(packageRoot, 'sql', `${name}.sql`), 'utf8') };
  statements.set(name, read);
  return read;
}

/**
 * The statement in `sql/<name>.sql` where it takes what no parameter can be: each `{part}` gives way to a name of ours or to the text of a
 * query of ours. Values never stand there.
 */
export function filledStatement(name: string, parts: Readonly<Record<string, string>>): Statement {
  const text = statement(name)
    .text.replaceAll(/^--.*\n/gm, '')
    .replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '');
  return { name, text };
}
