import { canonicalColumns, type Entity, scannedColumns } from '../contract.ts';
import { decodeCopyField } from './copy-text.ts';
import { damageMark } from '../../values/damage.ts';
import { type Calendar, readCalendarDate } from '../../values/time/event-time.ts';
import { rowFault, type ColumnReader, type GivenColumns, type RowFaultWord } from './row-fault.ts';
import { LineLayout, nothing, readColumns, type RowLine } from './row-line.ts';
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
