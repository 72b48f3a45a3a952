import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Statement } from '../postgres/sql-file.ts';

const folder = join(packageRoot, 'reports');

/** A report is a SELECT in `reports/`: its file's name, and `$1` is the run. What its columns mean stands beside it. */
export const reportNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();

/** Reports that one job alone has something to say in. */
const onlyOf: ReadonlyMap<string, string> = new Map([['acknowledged', 'acknowledge']]);

/** The reports of a run of this job. */
export const reportsOf = (job: string): readonly string[] =>
  reportNames().filter((name) => (onlyOf.get(name) ?? job) === job);

export const reportQuery = (name: string): Statement => ({
  name: `reports/${name}`,
  text: readFileSync(join(folder, `${name}.sql`), 'utf8'),
});
