import type { Finding } from '../../values/finding.ts';
import type { Reading } from '../../values/reading.ts';

/** Reads the columns of one cleaned row (`cleaned-row.ts`) and collects the findings by column. */
export class RowReader<Column extends string> {
  readonly #row: Readonly<Record<Column, string | null>>;
  readonly #findings: Finding[];

  /** Rows that are read together may share one list of findings. */
  constructor(row: Readonly<Record<Column, string | null>>, findings: Finding[] = []) {
    this.#row = row;
    this.#findings = findings;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** The text without outer white space; undefined if it is empty. */
  text(column: Column): string | undefined {
    const trimmed = (this.#row[column] ?? '').trim();
    return trimmed === '' ? undefined : trimmed;
  }

  /** An id with its white space: two ids that differ only in white space are two ids. */
  id(column: Column): string | undefined {
    const given = this.#row[column] ?? '';
    return given.trim() === '' ? undefined : given;
  }

  read<T>(column: Column, reader: (text: string) => Reading<T>): T | undefined {
    const text = this.text(column);
    return text === undefined ? undefined : this.keep(column, reader(text));
  }

  /** Returns the value of a reading made elsewhere and records its problems under the column. */
  keep<T>(column: Column, reading: Reading<T>): T | undefined {
    for (const problem of reading.problems) this.#findings.push({ column, problem });
    return reading.value;
  }
}
