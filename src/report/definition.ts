import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnsIn, dictionarySection } from './report-dictionary.ts';
import { packageRoot } from '../package-root.ts';
import type { Statement } from '../postgres/sql-file.ts';

const folder = join(packageRoot, 'reports');

/**
 * A report is a SELECT in `reports/`, named by its file; `$1` is the run. `reports/README.md` documents its columns.
 */
export const reportNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();

/** Reports that only one job fills. */
const onlyOf: ReadonlyMap<string, string> = new Map([
  ['acknowledged', 'acknowledge'],
  ['audit', 'audit'],
]);

export const reportsOf = (job: string): readonly string[] =>
  reportNames().filter((name) => (onlyOf.get(name) ?? job) === job);

export const reportQuery = (name: string): Statement => ({
  name: `reports/${name}`,
  text: readFileSync(join(folder, `${name}.sql`), 'utf8'),
});

/** The columns of a report, as documented in the dictionary. */
export const reportColumns = (name: string): readonly string[] =>
  columnsIn(dictionarySection(readFileSync(join(folder, 'README.md'), 'utf8'), name)).map((column) => column.name);

/** Puts the report's own query in the place of `open_actions`, so that the statement and the report always agree. */
export const overOpenActions = <Row extends object>(reading: Statement<Row>): Statement<Row> =>
  openActionsOf('$1', reading);

/** The same for the run in this column of the statement. */
export function openActionsOf<Row extends object>(runNumber: string, { name, text }: Statement<Row>): Statement<Row> {
  const query = reportQuery('open-actions').text.replaceAll('$1', () => runNumber);
  return { name, text: text.replace('FROM open_actions', () => `FROM (\n${query}\n) AS open_actions`) };
}
