/**
 * Lands one file in its table. Identifiers come from outside only here: files name tables, headers name columns. They
 * are reduced to letters, digits and underscores (`landing-name.ts`) and quoted.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { LandingProblem, SourceFile } from '../../decide/source/source.ts';
import type { Session } from '../../postgres/session.ts';
import { LineCounter } from '../csv/csv-position.ts';
import type { CsvRecord } from '../csv/csv-plain-lines.ts';
import { readRecords } from '../csv/csv-records.ts';
import { type LandingFindings, LandingTally } from './landing-finding.ts';
import { qualified, quoted } from './landing-name.ts';
import type { LandingPlan } from './landing-plan.ts';

/** A row with a longer key is never sent, and a B-tree entry is limited to a third of a page. */
const longestKeyBytes = 2000;

export interface LandedFile {
  readonly source: SourceFile;
  /** A line with a stray quote has a backslash before the quote, as MySQL writes it. */
  readonly hasBackslashes: boolean;
}

/** Fits the table to the file and streams the file into it. */
export async function landFile(
  session: Session,
  schema: string,
  plan: LandingPlan,
  findings: LandingFindings,
): Promise<LandedFile> {
  const table = qualified(schema, plan.table);
  if (!plan.isLaterPart) await shape(session, table, plan);
  const notes = new LandingNotes(plan, findings);
  await copy(session, table, plan, notes);
  const { text, file } = plan;
  const { lines, leftOut, damagedFields } = notes.tally;
  const source: SourceFile = {
    file: file.name,
    table: plan.table,
    lines,
    modifiedAt: file.modifiedAt,
    bytes: file.bytes,
    leftOut,
    damagedFields,
    endsWithLineEnd: text.endsWithLineEnd,
  };
  return { source, hasBackslashes: notes.hasBackslashes };
}

/** Reading a smaller file in full is as fast as an index lookup. */
const smallFile = 64 * 1024;

/** Samples 900 rows: enough for the size of a table and for a few joins over all of it. */
const smallSample = 'SET LOCAL default_statistics_target = 3';

/** Indexes and analyzes the larger tables in one query. Most indexes are small: a round trip would take as long as building one. */
export async function indexTables(session: Session, schema: string, plans: readonly LandingPlan[]): Promise<void> {
  const large = tablesOf(plans).filter(({ bytes }) => bytes > smallFile);
  if (large.length === 0) return;
  const indexes = large.flatMap(({ table, columns }) =>
    columns
      .filter(({ isRequired }) => isRequired)
      .map(({ name }) => `CREATE INDEX ON ${qualified(schema, table)} (${quoted(name)})`),
  );
  const analyze = `ANALYZE ${large.map(({ table }) => qualified(schema, table)).join(', ')}`;
  await session.query('CREATE INDEX and ANALYZE', [...indexes, smallSample, analyze].join(';\n'));
}

interface LandedTable extends Pick<LandingPlan, 'table' | 'columns'> {
  readonly bytes: number;
}

/** Combines the parts of each table. */
function tablesOf(plans: readonly LandingPlan[]): LandedTable[] {
  const bytesOf = (table: string): number =>
    plans.filter((plan) => plan.table === table).reduce((sum, { text }) => sum + text.size, 0);
  return plans
    .filter(({ isLaterPart }) => !isLaterPart)
    .map(({ table, columns }) => ({ table, columns, bytes: bytesOf(table) }));
}

async function shape(session: Session, table: string, { columns, isDeclared }: LandingPlan): Promise<void> {
  if (!isDeclared) await session.query('CREATE TABLE', `CREATE UNLOGGED TABLE ${table} ()`);
  const added = columns.filter(({ isAdded }) => isAdded).map(({ name }) => `ADD COLUMN ${quoted(name)} text`);
  if (added.length > 0) await session.query('ALTER TABLE', `ALTER TABLE ${table} ${added.join(', ')}`);
}

async function copy(session: Session, table: string, plan: LandingPlan, notes: LandingNotes): Promise<void> {
  const sink = session.copySink(
    `COPY ${table} (${plan.columns.map(({ name }) => quoted(name)).join(', ')}) FROM STDIN (NULL '')`,
  );
  try {
    await pipeline(Readable.from(copyText(plan, notes)), sink);
  } catch (error) {
    throw session.explain(`the rows of ${plan.file.name}`, error);
  }
}

/** The file's good rows as COPY text; every record left out becomes a finding. */
async function* copyText(plan: LandingPlan, notes: LandingNotes): AsyncGenerator<string> {
  const { text: file, shape: form, columns } = plan;
  const keys = columns.map(({ name, isRequired }, index) => ({ name, index, isRequired })).filter((c) => c.isRequired);

  for await (const { records, faults, damage } of readRecords(file.handle, form.rowsStart, form)) {
    let text = '';
    const batch: Note[] = faults.map(({ start, problem }) => ({ start, problem, column: null, isLeftOut: true }));
    const leftOut = new Set<number>();
    for (const record of records) {
      const bad = keys.find(({ index }) => keyProblem(record, index) !== null);
      if (bad === undefined) text += `${lineOf(record)}\n`;
      else {
        const problem = keyProblem(record, bad.index) ?? 'required_empty';
        batch.push({ start: record.start, problem, column: bad.name, isLeftOut: true });
        leftOut.add(record.start);
      }
    }
    notes.tally.landed += records.length - leftOut.size;
    for (const { start, problem, index } of damage) {
      if (!leftOut.has(start)) batch.push({ start, problem, column: columns[index]?.name ?? null, isLeftOut: false });
    }
    if (batch.length > 0) await notes.take(batch);
    if (text !== '') yield text;
  }
  await notes.takeZerosAtEnd();
}

/** CSV has one spelling for empty and null, so our COPY reads both as null. */
const lineOf = ({ values, isPlain }: CsvRecord): string => (isPlain ? values.join('\t') : encodeCopyLine(values));

function keyProblem({ values }: CsvRecord, index: number): LandingProblem | null {
  const key = values[index] ?? '';
  if (key === '') return 'required_empty';
  return Buffer.byteLength(key) > longestKeyBytes ? 'key_too_long' : null;
}

/** An unreadable record or field; `start` is the record's offset. */
interface Note {
  readonly start: number;
  readonly problem: LandingProblem;
  readonly column: string | null;
  readonly isLeftOut: boolean;
}

/** Stray quotes examined for MySQL's backslashes. */
const quotesLookedAt = 20;

/** Collects what is unreadable in one file. */
class LandingNotes {
  readonly tally = new LandingTally();
  hasBackslashes = false;
  readonly #plan: LandingPlan;
  readonly #findings: LandingFindings;
  readonly #counter: LineCounter;
  #quotes = 0;

  constructor(plan: LandingPlan, findings: LandingFindings) {
    this.#plan = plan;
    this.#findings = findings;
    this.#counter = new LineCounter(plan.text.handle);
  }

  /** Takes the notes of one chunk in file order: for an earlier offset, lines are counted from the start again. */
  async take(notes: readonly Note[]): Promise<void> {
    for (const { start, problem, column, isLeftOut } of [...notes].sort((one, other) => one.start - other.start)) {
      const line = (): Promise<number> => this.#counter.lineAt(start);
      if (isLeftOut) await this.tally.leaveOut(problem, line);
      else this.tally.damagedFields += 1;
      await this.#findings.add({ file: this.#plan.file.name, problem, column }, line);
      if (problem === 'stray_quote') await this.#lookAtQuote(start);
    }
  }

  /** All zero bytes at the end, as after a crash, are one finding. */
  async takeZerosAtEnd(): Promise<void> {
    if (this.#plan.text.zerosAtEnd === 0) return;
    await this.take([{ start: Number.MAX_SAFE_INTEGER, problem: 'zero_byte', column: null, isLeftOut: true }]);
  }

  async #lookAtQuote(start: number): Promise<void> {
    if (this.hasBackslashes || this.#quotes >= quotesLookedAt) return;
    this.#quotes += 1;
    const [line = ''] = (await this.#plan.text.bytesAt(start, 4096)).toString('latin1').trimStart().split('\n', 1);
    this.hasBackslashes = /\\"[^,;|\t\r]/.test(line);
  }
}
