/**
 * The one place where identifiers come from outside: tables are named by files, columns by headers. They are reduced to
 * [a-z0-9_] (`landing-name.ts`) and quoted all the same.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileHandle } from 'node:fs/promises';
import { encodeCopyLine } from '../core/copy-text.ts';
import type { Session } from '../postgres/session.ts';
import { withFile } from './csv-files.ts';
import { LineCounter } from './csv-position.ts';
import type { CsvRecord } from './csv-plain-lines.ts';
import { readRecords } from './csv-records.ts';
import type { LandingFindings, LandingProblem } from './landing-finding.ts';
import { qualified, quoted } from './landing-name.ts';
import type { LandingPlan } from './landing-plan.ts';

/** No row of a longer key is ever told, and a B-tree takes no more than a third of a page. */
const longestKeyBytes = 2000;

/** Brings the table into the file's shape, and streams the file into it. */
export async function landFile(
  session: Session,
  schema: string,
  plan: LandingPlan,
  findings: LandingFindings,
): Promise<void> {
  const table = qualified(schema, plan.table);
  await shape(session, table, plan);
  await withFile(plan.file, (handle) => copy(session, table, plan, handle, findings));
}

/** A file of at most so many bytes has so few rows that to read them all is as quick as to look some up. */
const smallFile = 64 * 1024;

/** Of 900 rows: it tells how large a table is as well as any, and what is in it well enough for a few joins of all of it. */
const smallSample = 'SET LOCAL default_statistics_target = 3';

/** Makes the larger tables fit to be searched, at once: to be asked for each index would take as long as to make most of them. */
export async function indexTables(session: Session, schema: string, plans: readonly LandingPlan[]): Promise<void> {
  const large = plans.filter(({ file }) => file.bytes > smallFile);
  if (large.length === 0) return;
  const indexes = large.flatMap(({ table, columns }) =>
    columns
      .filter(({ isRequired }) => isRequired)
      .map(({ name }) => `CREATE INDEX ON ${qualified(schema, table)} (${quoted(name)})`),
  );
  const analyze = `ANALYZE ${large.map(({ table }) => qualified(schema, table)).join(', ')}`;
  await session.query('CREATE INDEX and ANALYZE', [...indexes, smallSample, analyze].join(';\n'));
}

async function shape(session: Session, table: string, { columns, isDeclared }: LandingPlan): Promise<void> {
  if (!isDeclared) await session.query('CREATE TABLE', `CREATE UNLOGGED TABLE ${table} ()`);
  const added = columns.filter(({ isAdded }) => isAdded).map(({ name }) => `ADD COLUMN ${quoted(name)} text`);
  if (added.length > 0) await session.query('ALTER TABLE', `ALTER TABLE ${table} ${added.join(', ')}`);
}

async function copy(
  session: Session,
  table: string,
  plan: LandingPlan,
  handle: FileHandle,
  findings: LandingFindings,
): Promise<void> {
  const sink = session.copySink(
    `COPY ${table} (${plan.columns.map(({ name }) => quoted(name)).join(', ')}) FROM STDIN (NULL '')`,
  );
  try {
    await pipeline(Readable.from(copyText(plan, handle, findings)), sink);
  } catch (error) {
    throw session.explain(`the rows of ${plan.file.name}`, error);
  }
}

/** The file's good rows as COPY text; what is left out becomes a finding. */
async function* copyText(plan: LandingPlan, handle: FileHandle, findings: LandingFindings): AsyncGenerator<string> {
  const counter = new LineCounter(handle);
  const note = (start: number, problem: LandingProblem, column: string | null = null): Promise<void> =>
    findings.add({ file: plan.file.name, problem, column }, () => counter.lineAt(start));
  const keys = plan.columns
    .map(({ name, isRequired }, index) => ({ name, index, isRequired }))
    .filter((c) => c.isRequired);

  for await (const { records, faults } of readRecords(handle, plan.rowsStart, plan.columns.length)) {
    let text = '';
    for (const record of records) {
      const bad = keys.find(({ index }) => keyProblem(record, index) !== null);
      if (bad === undefined) text += `${lineOf(record)}\n`;
      else await note(record.start, keyProblem(record, bad.index) ?? 'required_empty', bad.name);
    }
    for (const { start, problem } of faults) await note(start, problem);
    if (text !== '') yield text;
  }
}

/** CSV does not tell an empty text from none, and so our COPY takes what is empty for null. */
const lineOf = ({ values, isPlain }: CsvRecord): string => (isPlain ? values.join('\t') : encodeCopyLine(values));

function keyProblem({ values }: CsvRecord, index: number): LandingProblem | null {
  const key = values[index] ?? '';
  if (key === '') return 'required_empty';
  return Buffer.byteLength(key) > longestKeyBytes ? 'key_too_long' : null;
}
