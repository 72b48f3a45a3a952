/**
 * The one place where identifiers come from outside: tables are named by files, columns by headers. They are reduced to
 * letters, digits and underscores (`landing-name.ts`), and quoted.
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

/** No row of a longer key is ever told, and a B-tree takes no more than a third of a page. */
const longestKeyBytes = 2000;

/** What became of a file. */
export interface LandedFile {
  readonly source: SourceFile;
  /** Rows that it gave its table. */
  readonly rows: number;
  /** A line with a stray quote has a backslash before it, as MySQL writes. */
  readonly hasBackslashes: boolean;
}

/** Brings the table into the file's shape, and streams the file into it. */
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
  const { landed, lines, leftOut, damagedFields } = notes.tally;
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
  return { source, rows: landed, hasBackslashes: notes.hasBackslashes };
}

/** A file of at most so many bytes has so few rows that to read them all is as quick as to look some up. */
const smallFile = 64 * 1024;

/** Of 900 rows: it tells how large a table is as well as any, and what is in it well enough for a few joins of all of it. */
const smallSample = 'SET LOCAL default_statistics_target = 3';

/** Makes the larger tables fit to be searched, at once: to be asked for each index would take as long as to make most of them. */
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

/** The parts of a table together. */
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

/** The file's good rows as COPY text; what is left out becomes a finding. */
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

/** Something that could not be read, where the record starts that it is in. */
interface Note {
  readonly start: number;
  readonly problem: LandingProblem;
  readonly column: string | null;
  readonly isLeftOut: boolean;
}

/** Stray quotes that are looked at for what wrote them. */
const quotesLookedAt = 20;

/** What could not be read of one file. */
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

  /** Those of one piece of the file: in order, or the lines would be counted from the file's beginning for each. */
  async take(notes: readonly Note[]): Promise<void> {
    for (const { start, problem, column, isLeftOut } of [...notes].sort((one, other) => one.start - other.start)) {
      const line = (): Promise<number> => this.#counter.lineAt(start);
      if (isLeftOut) await this.tally.leaveOut(problem, line);
      else this.tally.damagedFields += 1;
      await this.#findings.add({ file: this.#plan.file.name, problem, column }, line);
      if (problem === 'stray_quote') await this.#lookAtQuote(start);
    }
  }

  /** A block of zero bytes, as a crash leaves it, is one finding however long it is. */
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
