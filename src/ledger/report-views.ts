/**
 * The reports as views, for those who prefer SQL: `report_calls` is calls.csv of every run, and so on. There is one truth: each
 * view is made of the report's own file in `reports/`, and says of its columns what the dictionary there says. They are made
 * after the migrations, and anew where a report has changed; whoever could read one before can read it again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageFault } from '../core/fault.ts';
import { columnsIn, dictionarySection } from '../core/report-dictionary.ts';
import { packageRoot } from '../package-root.ts';
import { DatabaseFault } from '../postgres/database-fault.ts';
import type { Session } from '../postgres/session.ts';
import { filledStatement, statement } from '../postgres/sql-file.ts';

interface ReportView {
  readonly name: string;
  /** `reports/<name>.sql`, and its first sentence. */
  readonly query: string;
  /** Ends with a fingerprint of the report and its dictionary: a view that says the same is the same. */
  readonly comment: string;
  /** What the dictionary says of each column. */
  readonly columns: ReadonlyMap<string, string>;
}

interface KnownView {
  readonly name: string;
  readonly comment: string;
  readonly readers: readonly string[];
}

/** Postgres: dependent_objects_still_exist. */
const othersDepend = '2BP01';

/** No run has this number: a query for it gives its columns and no row. */
const noRun = 0;

/**
 * `work` brings the tables to this program's version; null where they are. Views that stand on them go before, and come after, so
 * that none is in the way of a migration. The caller holds the lock.
 */
export async function withReportViews(
  session: Session,
  schema: string,
  work: (() => Promise<void>) | null,
): Promise<void> {
  const known = await session.run<KnownView & object>(statement('ledger/views/known'), [schema]);
  const wanted = reportViews();
  if (work === null && isAsWanted(known, wanted)) return;
  for (const { name } of known) await drop(session, name);
  await work?.();
  const readers = new Map(known.map((view) => [view.name, view.readers]));
  await session.transaction(async () => {
    for (const view of wanted) await create(session, view, readers.get(view.name) ?? []);
  });
}

const isAsWanted = (known: readonly KnownView[], wanted: readonly ReportView[]): boolean =>
  known.length === wanted.length &&
  wanted.every((view) => known.some(({ name, comment }) => name === view.name && comment === view.comment));

async function drop(session: Session, name: string): Promise<void> {
  try {
    await session.query(`taking the view ${name} away`, filledStatement('ledger/views/drop', { view: name }).text);
  } catch (error) {
    if (!(error instanceof DatabaseFault) || error.code !== othersDepend) throw error;
    throw new UsageFault(
      `The view ${name} must be made anew, and a view of somebody else's stands on it: drop that one (psql: \\d+ ${name}), start the ` +
        'job again, and make it anew. A table or a query of your own on our views lasts longer than a view.',
      { cause: error },
    );
  }
}

async function create(session: Session, view: ReportView, readers: readonly string[]): Promise<void> {
  const { fields } = await session.query(`the columns of ${view.name}`, view.query, [noRun]);
  const columns = fields.map(({ name }) => name);
  const { text } = filledStatement('ledger/views/create', {
    view: view.name,
    columns: columns
      .slice(1)
      .map((name) => `report.${name}`)
      .join(', '),
    query: view.query.replaceAll('$1', 'reported.run_number'),
  });
  await session.query(`making the view ${view.name}`, text);
  const sentence = columns.map((name) => view.columns.get(name) ?? '');
  const statements = await session.run<{ statement: string }>(statement('ledger/views/describe'), [
    view.name,
    view.comment,
    columns,
    sentence,
    [...readers],
  ]);
  for (const one of statements) await session.query(`describing the view ${view.name}`, one.statement);
}

const folder = join(packageRoot, 'reports');

function reportViews(): ReportView[] {
  const dictionary = readFileSync(join(folder, 'README.md'), 'utf8');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const report = file.slice(0, -'.sql'.length);
      const query = readFileSync(join(folder, file), 'utf8');
      const section = dictionarySection(dictionary, report);
      const fingerprint = createHash('sha256').update(query).update(section).digest('hex').slice(0, 16);
      const grain = /^One row per .*$/m.exec(section)?.[0] ?? '';
      return {
        name: `report_${report.replaceAll('-', '_')}`,
        query,
        comment: `${report}.csv of every run. ${grain} Say which run: WHERE run_id = '…'. (reports/${file} ${fingerprint})`,
        columns: new Map(columnsIn(section).map(({ name, meaning }) => [name, meaning])),
      };
    });
}
