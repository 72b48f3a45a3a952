/**
 * A row's line in COPY's text format, and the check of it. A line is decoded as latin1, so that a character is a byte: `updated_at` (of a
 * merge `merged_at`), then columns in the contract's order. A scan's line has the columns that the site provides, a fetched row's has all.
 */
import { canonicalColumns, type Entity, scannedColumns } from '../contract.ts';
import { decodeCopyField } from './copy-text.ts';
import { damageMark } from '../../values/damage.ts';
import { type Calendar, readCalendarDate } from '../../values/time/event-time.ts';
import { rowFault, type ColumnReader, type GivenColumns, type RowFaultWord } from './row-fault.ts';
import { type Understanding, understandingOf, watchedColumns } from './understood.ts';

export const nothing = '\\N';

/** The columns that are read of every line, in the contract's order: what is staged, and what shows a record. */
const readColumns = {
  patient: canonicalColumns.patient.filter((column) =>
    ['patient_id', 'mrn', 'summary_version', ...watchedColumns].includes(column),
  ),
  encounter: ['encounter_id', 'patient_id', 'status', 'started_at', 'ended_at'],
  merge: ['retired_patient_id', 'surviving_patient_id'],
} satisfies Readonly<Record<Entity, readonly string[]>>;

export interface RowLine {
  readonly layout: LineLayout;
  readonly text: string;
  /** `updated_at`, then `readColumns`; null where the line lacks the column. */
  readonly fields: readonly string[];
}

export class LineLayout {
  /** The bytes that complete a line if only the last columns are missing; null if others are missing too. */
  readonly tail: Buffer | null;
  readonly #columns: readonly string[];
  /** Behind `updated_at`, from 1. */
  readonly #places: ReadonlyMap<string, number>;
  readonly #noFields: readonly string[];
  /** For each place of a line, up to the last that is read: its index in `fields`, or -1. */
  readonly #indexes: readonly number[];

  constructor(entity: Entity, columns: readonly string[]) {
    const all = canonicalColumns[entity];
    const read: readonly string[] = readColumns[entity];
    const indexes = [0, ...columns.map((column) => read.indexOf(column) + 1 || -1)];
    this.#columns = all;
    this.#places = new Map(columns.map((column, at) => [column, at + 1]));
    this.#noFields = ['', ...read].map(() => nothing);
    this.#indexes = indexes.slice(0, indexes.findLastIndex((index) => index >= 0) + 1);
    const hasFirst = columns.every((column, at) => column === all[at]);
    this.tail = hasFirst ? Buffer.from(`\t${nothing}`.repeat(all.length - columns.length)) : null;
  }

  /** Splits a line as far as it is read: three times as fast as in full. */
  read(text: string, start: number, end: number): RowLine {
    const fields = this.#noFields.slice();
    let from = start;
    for (const index of this.#indexes) {
      if (from > end) break;
      const tab = text.indexOf('\t', from);
      const to = tab === -1 || tab > end ? end : tab;
      if (index >= 0) fields[index] = text.slice(from, to);
      from = to + 1;
    }
    return { layout: this, text: text.slice(start, end), fields };
  }

  /** The fields of all columns behind `updated_at`, in the contract's order. */
  fieldsOf({ text }: Pick<RowLine, 'text'>): string[] {
    const given = text.split('\t');
    return this.#columns.map((column) => given[this.#places.get(column) ?? -1] ?? nothing);
  }
}

/** Letters, digits and the usual signs, with at least one digit: such an id needs no further check. */
const isOrdinaryId = /^(?!-?\d+\.\d+E)(?=[^\t]*\d)[A-Za-z0-9_.:/-]+$/i;

/** The damage mark as it appears in a COPY line decoded as latin1. */
const rawMark = Buffer.from(damageMark).toString('latin1');

/**
 * Patterns that nearly every value of a watched column matches, in the order of `understood.ts`. Other values are
 * parsed.
 */
const surely: readonly RegExp[] = [
  /^[A-Za-z]/,
  /^[A-Za-z]/,
  /^\d{4}-\d{2}-\d{2}$/,
  /^(?!00000)\d{5}(?:-\d{4})?$/,
  isOrdinaryId,
  /^(?:[FM]|female|male)$/i,
  /^(?:[tf01yn]|true|false)$/i,
];
const birthDateIndex = watchedColumns.indexOf('birth_date');
const keptDates = 100_000;

/** Text that is the same in latin1, UTF-8 and COPY's format. */
const isAscii = /^[\x20-\x5b\x5d-\x7e]*$/;

/** Checks the lines of rows. Nearly every row passes without being decoded. */
export class RowChecker {
  readonly calendar: Calendar;
  /** The columns of a scan's lines behind `updated_at`. */
  readonly scanned: readonly string[];
  readonly scannedLine: LineLayout;
  readonly fetchedLine: LineLayout;
  readonly #entity: Entity;
  readonly #given: GivenColumns;
  readonly #watched: readonly number[];
  readonly #summaryVersion: number;
  readonly #dates = new Map<string, boolean>();

  constructor(entity: Entity, given: GivenColumns, calendar: Calendar) {
    this.calendar = calendar;
    this.#entity = entity;
    this.#given = given;
    this.scanned = scannedColumns(entity, given.columns);
    this.scannedLine = new LineLayout(entity, this.scanned);
    this.fetchedLine = new LineLayout(entity, canonicalColumns[entity]);
    const read: readonly string[] = readColumns[entity];
    this.#watched = watchedColumns.map((column) => read.indexOf(column) + 1);
    this.#summaryVersion = read.indexOf('summary_version') + 1;
  }

  fault(line: RowLine): RowFaultWord | null {
    return this.#isOrdinary(line) ? null : rowFault(this.#entity, this.#reader(line), this.#given);
  }

  /** Applies to patients only. */
  understanding(line: RowLine): Understanding {
    const understood = this.#surelyUnderstood(line);
    return understood === null ? understandingOf(this.#reader(line), this.calendar) : { understood, unreadable: 0 };
  }

  /** Whether a patient's summary_version has a value. */
  hasSummary({ fields }: RowLine): boolean {
    return isGiven(fields[this.#summaryVersion]);
  }

  /** Checks each watched field by pattern, which is fast enough for the scan; null if a field has to be parsed. */
  #surelyUnderstood({ fields }: RowLine): number | null {
    let understood = 0;
    for (let index = 0; index < surely.length; index += 1) {
      const field = fields[this.#watched[index] ?? 0];
      if (!isGiven(field)) continue;
      if (surely[index]?.test(field) === false) return null;
      if (index === birthDateIndex && !this.#isReadableDate(field)) return null;
      understood |= 1 << index;
    }
    return understood;
  }

  /** Birth dates have some forty thousand distinct values, so they are cached. */
  #isReadableDate(field: string): boolean {
    let isReadable = this.#dates.get(field);
    if (isReadable === undefined) {
      isReadable = readCalendarDate(field, this.calendar).problems.length === 0;
      if (this.#dates.size < keptDates) this.#dates.set(field, isReadable);
    }
    return isReadable;
  }

  #isOrdinary(line: RowLine): boolean {
    // Both ids come first. A patient's second id is the MRN, which may be missing; the stage finds visits and merges without theirs.
    const [, id = nothing, secondId = nothing] = line.fields;
    // A row whose key is a column name is probably a repeated header. The contract's own names contain no digit, so
    // `isOrdinaryId` already rejects them.
    if (this.#given.headers.has(id.toLowerCase())) return false;
    const mayLackSecond = this.#entity !== 'patient' || this.#given.mrnIsRequired !== true;
    if (!isOrdinaryId.test(id)) return false;
    if (!isOrdinaryId.test(secondId) && !(mayLackSecond && secondId === nothing)) return false;
    if (line.text.includes(rawMark)) return false;
    if (this.#entity === 'merge' || this.#hasNumberAndWord(line.fields.slice(3))) return true;
    return this.#hasNumberAndWord(line.layout.fieldsOf(line).slice(2));
  }

  /** Looks for a number and a word, which real records have and filler lines lack. A visit needs only a number. */
  #hasNumberAndWord(fields: readonly string[]): boolean {
    let [hasNumber, hasWord] = [false, this.#entity === 'encounter'];
    for (const field of fields) {
      hasNumber ||= /\d/.test(field);
      hasWord ||= field !== nothing && /[A-Za-z\x80-\xff]/.test(field);
      if (hasNumber && hasWord) return true;
    }
    return false;
  }

  #reader(line: RowLine): ColumnReader {
    const fields = line.layout.fieldsOf(line);
    const columns = canonicalColumns[this.#entity];
    return (column) => {
      const raw = column === 'updated_at' ? line.fields[0] : fields[columns.indexOf(column)];
      if (raw === undefined) return null;
      return isAscii.test(raw) ? raw : decodeCopyField(Buffer.from(raw, 'latin1').toString());
    };
  }
}

const isGiven = (field: string | undefined): field is string =>
  field !== undefined && field !== nothing && field !== '';
