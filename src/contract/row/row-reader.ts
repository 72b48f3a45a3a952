import type { Finding } from '../../values/finding.ts';
import type { Reading } from '../../values/reading.ts';

/** Reads the columns of one cleaned row (`cleaned-row.ts`) and keeps the findings, each with the column that it belongs to. */
export class RowReader<Column extends string> {
  readonly #row: Readonly<Record<Column, string | null>>;
  readonly #findings: Finding[];

  /** Rows that are read as one share one list of findings. */
  constructor(row: Readonly<Record<Column, string | null>>, findings: Finding[] = []) {
    this.#row = row;
    this.#findings = findings;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** The text without outer white space; undefined where nothing is left of it. */
  text(column: Column): string | undefined {
    const trimmed = (this.#row[column] ?? '').trim();
    return trimmed === '' ? undefined : trimmed;
  }

  /** An id as it is, to the last blank: two ids that differ only in white space are two ids. */
  id(column: Column): string | undefined {
    const given = this.#row[column] ?? '';
    return given.trim() === '' ? undefined : given;
  }

  read<T>(column: Column, reader: (text: string) => Reading<T>): T | undefined {
    const text = this.text(column);
    return text === undefined ? undefined : this.keep(column, reader(text));
  }

  /** The value of a reading made elsewhere, its problems booked to the column. */
  keep<T>(column: Column, reading: Reading<T>): T | undefined {
    for (const problem of reading.problems) this.#findings.push({ column, problem });
    return reading.value;
  }
}
