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
