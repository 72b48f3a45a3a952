import type { Finding } from './finding.ts';
import type { Reading } from './reading.ts';
import { withoutNotXml } from './xml-text.ts';

/** Reads the columns of one row and keeps the findings, each with the column that it belongs to. */
export class RowReader<Column extends string> {
  readonly #row: Readonly<Record<Column, string | null>>;
  readonly #findings: Finding[];
  /** Columns whose text had to be cleaned: each is said once, however often it is read. Most rows have none. */
  #cleaned: Set<string> | null = null;

  /** Rows that are read as one share one list of findings. */
  constructor(row: Readonly<Record<Column, string | null>>, findings: Finding[] = []) {
    this.#row = row;
    this.#findings = findings;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** The text without outer white space and without what no XML document can hold; undefined where nothing is left of it. */
  text(column: Column): string | undefined {
    const given = this.#row[column] ?? '';
    if (given === '') return undefined;
    const clean = withoutNotXml(given);
    if (clean !== given) this.#note(column);
    const trimmed = clean.trim();
    return trimmed === '' ? undefined : trimmed;
  }

  /**
   * An id as it is, to the last blank: two ids that differ only in white space are two ids. Nothing is taken out of it either, so
   * one that no XML document can hold is not sent at all.
   */
  id(column: Column): string | undefined {
    const given = this.#row[column] ?? '';
    return given.trim() === '' ? undefined : given;
  }

  read<T>(column: Column, reader: (text: string) => Reading<T>): T | undefined {
    const text = this.text(column);
    return text === undefined ? undefined : this.keep(column, reader(text));
  }

  #note(column: Column): void {
    this.#cleaned ??= new Set();
    if (!this.#cleaned.has(column)) this.#findings.push({ column, problem: 'forbidden_character' });
    this.#cleaned.add(column);
  }

  /** The value of a reading made elsewhere, its problems booked to the column. */
  keep<T>(column: Column, reading: Reading<T>): T | undefined {
    for (const problem of reading.problems) this.#findings.push({ column, problem });
    return reading.value;
  }
}
