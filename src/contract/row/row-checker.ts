import { canonicalColumns, type Entity, scannedColumns } from '../contract.ts';
import { decodeCopyField } from './copy-text.ts';
import { damageMark } from '../../values/damage.ts';
import { type Calendar, readCalendarDate } from '../../values/time/event-time.ts';
import { rowFault, type ColumnReader, type GivenColumns, type RowFaultWord } from './row-fault.ts';
import { type Understanding, understandingOf, watchedColumns } from './understood.ts';

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

const nothing = '\\N';

/**
 * Checks scanned rows: fields in COPY's text format, one character per byte. `updated_at` (of a merge `merged_at`)
 * comes first, then the contract's columns. Nearly every row passes without being decoded.
 *
 * A scan sends only the columns that the site provides; `whole` adds the others, which are null.
 */
export class RowChecker {
  readonly calendar: Calendar;
  /** The columns of a scan's lines behind `updated_at`. */
  readonly scanned: readonly string[];
  readonly #entity: Entity;
  readonly #given: GivenColumns;
  /** The place of each of the contract's columns in a scan's line; 0 if it is not there. */
  readonly #scannedPlaces: readonly number[];
  /** The fields after a scan's, where only the last columns are missing; null where others are missing too. */
  readonly #tail: readonly string[] | null;
  readonly #tailText: string;
  readonly #places: ReadonlyMap<string, number>;
  readonly #watched: readonly number[];
  readonly #dates = new Map<string, boolean>();
  readonly #ids: readonly number[];
  readonly #others: readonly number[];

  constructor(entity: Entity, given: GivenColumns, calendar: Calendar) {
    this.calendar = calendar;
    const columns = canonicalColumns[entity];
    this.#entity = entity;
    this.#given = given;
    this.scanned = scannedColumns(entity, given.columns);
    this.#scannedPlaces = columns.map((column) => this.scanned.indexOf(column) + 1);
    const isTail = this.scanned.every((column, index) => column === columns[index]);
    this.#tail = isTail ? columns.slice(this.scanned.length).map(() => nothing) : null;
    this.#tailText = `\t${nothing}`.repeat(columns.length - this.scanned.length);
    this.#places = new Map(columns.map((column, index) => [column, index + 1]));
    this.#watched = watchedColumns.map((column) => this.#places.get(column) ?? 0);
    // Both ids come first; a patient's second id is the MRN, which may be missing.
    this.#ids = [1, 2];
    this.#others = columns.map((_, index) => index + 1).filter((place) => place > 2);
  }

  /** A scanned line and its fields with all columns; a fetched line has them already. */
  whole(line: string): { readonly line: string; readonly fields: readonly string[]; readonly isAsScanned: boolean } {
    const given = line.split('\t');
    if (given.length > this.#scannedPlaces.length) return { line, fields: given, isAsScanned: true };
    if (this.#tail !== null) {
      const fields = given.concat(this.#tail);
      return { line: line + this.#tailText, fields, isAsScanned: false };
    }
    const [updatedAt = nothing] = given;
    const fields = [updatedAt, ...this.#scannedPlaces.map((at) => (at === 0 ? nothing : (given[at] ?? nothing)))];
    return { line: fields.join('\t'), fields, isAsScanned: false };
  }

  fault(fields: readonly string[], line: string): RowFaultWord | null {
    return this.#isOrdinary(fields, line) ? null : rowFault(this.#entity, this.#reader(fields), this.#given);
  }

  /** Applies to patients only. */
  understanding(fields: readonly string[]): Understanding {
    const understood = this.#surelyUnderstood(fields);
    return understood === null ? understandingOf(this.#reader(fields), this.calendar) : { understood, unreadable: 0 };
  }

  isGiven(fields: readonly string[], column: string): boolean {
    const field = fields[this.#places.get(column) ?? -1] ?? nothing;
    return field !== nothing && field !== '';
  }

  /** Checks each watched field by pattern, which is fast enough for the scan; null if a field has to be parsed. */
  #surelyUnderstood(fields: readonly string[]): number | null {
    let understood = 0;
    for (let index = 0; index < surely.length; index += 1) {
      const field = fields[this.#watched[index] ?? 0] ?? nothing;
      if (field === nothing || field === '') continue;
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

  #isOrdinary(fields: readonly string[], line: string): boolean {
    // A row whose key is a column name is probably a repeated header. The contract's own names contain no digit, so
    // `isOrdinaryId` already rejects them.
    if (this.#given.headers.has((fields[1] ?? '').toLowerCase())) return false;
    const mayLackMrn = this.#given.mrnIsRequired !== true;
    if (!this.#ids.every((place) => isOrdinaryOrMissing(fields[place] ?? nothing, mayLackMrn && place === 2)))
      return false;
    if (line.includes(rawMark)) return false;
    return this.#entity === 'merge' || this.#hasNumberAndWord(fields);
  }

  /** Looks for a number and a word, which real records have and filler lines lack. A visit needs only a number. */
  #hasNumberAndWord(fields: readonly string[]): boolean {
    let [hasNumber, hasWord] = [false, this.#entity === 'encounter'];
    for (const place of this.#others) {
      const field = fields[place] ?? nothing;
      hasNumber ||= /\d/.test(field);
      hasWord ||= field !== nothing && /[A-Za-z\x80-\xff]/.test(field);
      if (hasNumber && hasWord) return true;
    }
    return false;
  }

  #reader(fields: readonly string[]): ColumnReader {
    return (column) => {
      const raw = column === 'updated_at' ? fields[0] : fields[this.#places.get(column) ?? -1];
      if (raw === undefined) return null;
      return isAscii.test(raw) ? raw : decodeCopyField(Buffer.from(raw, 'latin1').toString());
    };
  }
}

const isOrdinaryOrMissing = (field: string, mayBeMissing: boolean): boolean =>
  isOrdinaryId.test(field) || (mayBeMissing && field === nothing);
