/**
 * The reports as views, for those who prefer SQL: `report_calls` is calls.csv of every run, and so on. Each view is made from the report's
 * own file in `reports/`, and the comments of its columns from the dictionary there. Views are updated after the migrations. A view keeps
 * its columns in their order, and a new column comes last, so Postgres can replace it and keep its grants and the site's own views on it.
 * If a column disappears or changes its type, the view is dropped and created.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageFault, DatabaseFault } from '../fault.ts';
import { columnsIn, dictionarySection } from '../report/report-dictionary.ts';
import { packageRoot } from '../package-root.ts';
import type { Session } from '../postgres/session.ts';
import { filledStatement, statement } from '../postgres/sql-file.ts';

interface ReportView {
  readonly name: string;
  /** `reports/<name>.sql`, and its first sentence. */
  readonly query: string;
  /** Ends with a fingerprint of the report and its dictionary, so views with equal comments are equal. */
  readonly comment: string;
  /** The meaning of each column, from the dictionary. */
  readonly columns: ReadonlyMap<string, string>;
}

interface KnownView {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly string[];
  readonly readers: readonly string[];
}

/** Postgres: dependent_objects_still_exist. */
const othersDepend = '2BP01';
/** Postgres: feature_not_supported, when a column under a view changes type. */
const usedByView = '0A000';
/** Postgres: invalid_table_definition, of a view that would lose a column or change its type. */
const cannotReplace = '42P16';

/** An unused run number: a query for it returns columns and zero rows. */
const noRun = 0;

/**
 * `work` migrates the tables to this program's version, and continues where it failed if it is called again; null if there is nothing to
 * do. The caller holds the lock.
 */
export async function withReportViews(
  session: Session,
  schema: string,
  work: (() => Promise<void>) | null,
): Promise<void> {
  const known = await session.run<KnownView>(statement('ledger/migrate/known_views'), [schema]);
  const wanted = reportViews();
  if (work === null && isAsWanted(known, wanted)) return;
  const areGone = work !== null && (await dropWhereInTheWay(session, known, work));
  await session.transaction(async () => {
    for (const view of wanted) {
      const before = known.find(({ name }) => name === view.name);
      if (before === undefined || areGone) await create(session, view, before);
      else if (before.comment !== view.comment) await replace(session, view, before);
    }
    const stay = new Set(wanted.map(({ name }) => name));
    if (!areGone) for (const { name } of known) if (!stay.has(name)) await drop(session, name);
  });
}

/** Does the work. If a view blocks it, drops all views and does the rest. True if they were dropped. */
async function dropWhereInTheWay(
  session: Session,
  known: readonly KnownView[],
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (known.length === 0 || !isRefused(error, othersDepend, usedByView)) throw error;
    await session.transaction(async () => {
      for (const { name } of known) await drop(session, name);
    });
    await work();
    return true;
  }
}

const isRefused = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof DatabaseFault && codes.includes(error.code);

const isAsWanted = (known: readonly KnownView[], wanted: readonly ReportView[]): boolean =>
  known.length === wanted.length &&
  wanted.every((view) => known.some(({ name, comment }) => name === view.name && comment === view.comment));

async function drop(session: Session, name: string): Promise<void> {
  try {
    await session.query(`dropping the view ${name}`, filledStatement('ledger/migrate/drop_view', { view: name }).text);
  } catch (error) {
    if (!isRefused(error, othersDepend)) throw error;
    throw new UsageFault(
      `The view ${name} loses a column or changes the type of one, and a view of your own depends on it: drop yours (psql: \\d+ ${name}), start ` +
        'the job again, and create yours again.',
      { cause: error },
    );
  }
}

/** Earlier columns keep their places. If Postgres cannot do that, the view is dropped and created. */
async function replace(session: Session, view: ReportView, before: KnownView): Promise<void> {
  const columns = await columnsOf(session, view);
  const kept = before.columns.filter((column) => columns.includes(column));
  try {
    await session.query('SAVEPOINT', 'SAVEPOINT replacing');
    await make(session, view, [...new Set([...kept, ...columns])], []);
  } catch (error) {
    if (!isRefused(error, cannotReplace)) throw error;
    await session.query('ROLLBACK', 'ROLLBACK TO SAVEPOINT replacing');
    await drop(session, view.name);
    await make(session, view, columns, before.readers);
  }
}

async function create(session: Session, view: ReportView, before: KnownView | undefined): Promise<void> {
  await make(session, view, await columnsOf(session, view), before?.readers ?? []);
}

async function columnsOf(session: Session, { name, query }: ReportView): Promise<readonly string[]> {
  const { fields } = await session.query(`the columns of ${name}`, query, [noRun]);
  return fields.map((field) => field.name);
}

/** `readers`: who is to be granted it. A view that is replaced keeps its grants. */
async function make(
  session: Session,
  view: ReportView,
  columns: readonly string[],
  readers: readonly string[],
): Promise<void> {
  const { text } = filledStatement('ledger/migrate/create_view', {
    view: view.name,
    columns: columns.map((name) => (name === 'run_id' ? 'reported.run_id' : `report.${name}`)).join(', '),
    query: view.query.replaceAll('$1', 'reported.run_number'),
  });
  await session.query(`making the view ${view.name}`, text);
  const sentence = columns.map((name) => view.columns.get(name) ?? '');
  const statements = await session.run<{ statement: string }>(statement('ledger/migrate/describe_view'), [
    view.name,
    view.comment,
    columns,
    sentence,
    readers,
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
        comment: `${report}.csv of every run. ${grain} Select a run: WHERE run_id = '…'. (reports/${file} ${fingerprint})`,
        columns: new Map(columnsIn(section).map(({ name, meaning }) => [name, meaning])),
      };
    });
}
