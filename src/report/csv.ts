import { Writable } from 'node:stream';
import type { Session } from '../postgres/session.ts';
import { filledStatement, type Statement, statement } from '../postgres/sql-file.ts';
import { openLineEnds } from './text/line-ends.ts';
import { type Append, writeWhole } from './report-file.ts';

/** A query of which `$1` is the run, with the columns that it gives. Both are our own: they become part of a statement. */
interface Report extends Statement {
  readonly columns: readonly string[];
}

/** Writes a report of a run as a CSV. Postgres writes the lines, so a million of them cost about what it takes to copy them. */
export async function writeCsv(session: Session, report: Report, runNumber: number, path: string): Promise<void> {
  await session.run(statement('ledger/report/set_reported_run'), [String(runNumber)]);
  await writeWhole(path, async (append) => {
    const file = new CsvFile(append);
    await session.copyOut(report.name, copyOf(report).text, file);
    file.assertWritten();
  });
}

/** Where a COPY, which takes no parameters, finds its run: values are never put together with SQL. */
const run = "current_setting('redox_reconcile.run_number')::integer";

const copyOf = ({ columns, text }: Report): Statement =>
  filledStatement('ledger/report/copy_report', {
    fields: columns.map((column) => `csv_field(report.${column}) AS ${column}`).join(', '),
    query: text.replaceAll('$1', run),
  });

/**
 * Where the lines go. A file that takes no more lets the rest come and be dropped, for a COPY that nobody reads would keep its session
 * from everything else; what was wrong with the file is thrown afterwards.
 */
class CsvFile extends Writable {
  readonly #append: Append;
  readonly #lineEnds = openLineEnds();
  #failure: Error | null = null;

  constructor(append: Append) {
    super();
    this.#append = append;
  }

  override _write(piece: Buffer, _: BufferEncoding, done: () => void): void {
    void this.#take(piece).finally(done);
  }

  assertWritten(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async #take(piece: Buffer): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await this.#append(this.#lineEnds(piece));
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}
