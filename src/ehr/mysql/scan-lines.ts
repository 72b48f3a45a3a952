import { decodeCopyField, encodeCopyField } from '../../contract/row/copy-text.ts';
import type { RowSink } from '../../mysql/session.ts';
import { TextRow } from '../../mysql/text-row.ts';
import { damageMark } from '../../values/damage.ts';
import type { CheckedQuery } from '../contract/contract-query.ts';
import { scanColumns } from './compose.ts';
import { CopyWriter } from './copy-writer.ts';
import { InstantBytes, longestInstant } from './instant-bytes.ts';
import { latestInstant } from './instant.ts';
import type { Window } from './window.ts';

/** The ledger holds no zero byte; a value with one cannot be meant. */
export const marked = (value: string | null): string | null => (value?.includes('\0') === true ? damageMark : value);

/**
 * Makes a scan's lines of rows of `scanText` without a string a value: `updated_at` is an instant, and a row outside the window gives
 * no line.
 */
export class ScanLines implements RowSink {
  readonly #row: TextRow;
  readonly #zone: string;
  readonly #instants: InstantBytes;
  readonly #columns: readonly string[];
  readonly #holds: Window['holds'];
  readonly #writer = new CopyWriter();

  constructor(query: CheckedQuery, window: Window, zone: string) {
    this.#columns = scanColumns(query);
    this.#row = new TextRow(this.#columns.length);
    this.#zone = zone;
    this.#instants = new InstantBytes(zone);
    this.#holds = window.holds;
  }

  get length(): number {
    return this.#writer.length;
  }

  add(bytes: Buffer, start: number, end: number): void {
    const row = this.#row;
    const writer = this.#writer;
    writer.reserve(end - start, 2 * this.#columns.length, longestInstant);
    const begin = writer.length;
    row.begin(bytes, start);
    this.#addInstant();
    for (let place = 1; place < this.#columns.length; place += 1) {
      writer.tab();
      if (row.next()) writer.value(bytes, row.from, row.to);
      else writer.nothing();
    }
    if (row.to !== end) throw new Error('a row of MySQL does not end where its packet ends');
    if (this.#isOutside(begin)) writer.length = begin;
    else writer.endLine();
  }

  take(): Buffer {
    return this.#writer.take();
  }

  #addInstant(): void {
    const row = this.#row;
    const writer = this.#writer;
    if (!row.next()) {
      writer.nothing();
      return;
    }
    const { bytes, from, to } = row;
    const end = this.#instants.write(bytes, from, to, writer.out, writer.length);
    if (end === -1) writer.text(encodeCopyField(latestInstant(bytes.toString('utf8', from, to), this.#zone)));
    else writer.length = end;
  }

  #isOutside(begin: number): boolean {
    if (this.#holds === null) return false;
    const { out, length } = this.#writer;
    const fields = out.toString('utf8', begin, length).split('\t').map(decodeCopyField);
    return !this.#holds(fields[0] ?? null, (name) => fields[this.#columns.indexOf(name, 1)] ?? null);
  }
}
