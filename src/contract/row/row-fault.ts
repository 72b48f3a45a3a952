/**
 * Finds rows that the stage refuses, from their own columns alone: rows that describe nobody, ids that cannot be sent
 * unchanged, and rows with an unreadable key or match key. Ids are always sent byte for byte, so they are refused
 * rather than repaired.
 */
import type { Entity } from '../contract.ts';
import { isDamaged } from '../../values/damage.ts';
import { isSpreadsheetForm } from '../../values/identifier.ts';
import { isRuler, isTrailer } from './no-record.ts';
import { readBoolean, isNullWord, saysNothing, saysNothingAsId } from '../../values/word.ts';
import { hasUnwritable } from '../../values/markup/xml-text.ts';

/**
 * `damaged`: the row exists, but its key or a match key is unreadable. All others make the row `invalid`:
 * `header_repeated`, `ruler`, `trailer`: not a record · `nothing_but_key`: every column but the keys is empty ·
 * `id_control_character`: an id contains a control character · `id_spreadsheet`: an id looks like `1.23E+11` or
 * `="001"` · `id_says_nothing`: a required id is a word such as NULL.
 */
export type RowFaultWord =
  | 'damaged'
  | 'header_repeated'
  | 'ruler'
  | 'trailer'
  | 'nothing_but_key'
  | 'id_control_character'
  | 'id_spreadsheet'
  | 'id_says_nothing';

/** Reads a column of one row; null if it is empty. */
export type ColumnReader = (column: string) => string | null;

export interface GivenColumns {
  /** The columns that the site's query returns. */
  readonly columns: ReadonlySet<string>;
  /** Names in the headers of the extracts, in lower case; empty if the source has no files. */
  readonly headers: ReadonlySet<string>;
  /** The site has named the identifier that is the MRN: no other id stands in for it. */
  readonly mrnIsRequired?: boolean;
}

interface Keys {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** A row with damage in one of these columns is not compared. */
  readonly needed: readonly string[];
  /** Columns that hold only the row's identity and age. */
  readonly bare: ReadonlySet<string>;
}

const keysOf: Readonly<Record<Entity, Keys>> = {
  patient: {
    required: ['patient_id'],
    optional: ['mrn'],
    needed: ['patient_id', 'mrn', 'first_name', 'last_name', 'birth_date', 'zip'],
    bare: new Set(['patient_id', 'mrn', 'updated_at']),
  },
  encounter: {
    required: ['encounter_id', 'patient_id'],
    optional: [],
    needed: ['encounter_id', 'patient_id', 'status'],
    bare: new Set(['encounter_id', 'patient_id', 'updated_at', 'clinical_version']),
  },
  merge: {
    required: ['retired_patient_id', 'surviving_patient_id'],
    optional: [],
    needed: ['retired_patient_id', 'surviving_patient_id'],
    bare: new Set(['retired_patient_id', 'surviving_patient_id', 'merged_at']),
  },
};

/** The fault of a row, or null if it can be compared. A missing key is found by the stage itself. */
export function rowFault(entity: Entity, valueOf: ColumnReader, given: GivenColumns): RowFaultWord | null {
  const { required, optional, needed } = keysOf[entity];
  const needsMrn = entity === 'patient' && given.mrnIsRequired === true;
  if (needed.some((column) => isDamaged(valueOf(column) ?? ''))) return 'damaged';
  const key = valueOf(required[0] ?? '') ?? '';
  if (key === '') return null;
  const noRecord = noRecordFault(entity, key, valueOf, given);
  if (noRecord !== null) return noRecord;
  // An MRN of white space counts as missing.
  const others = optional.map((column) => valueOf(column) ?? '').filter((id) => id.trim() !== '');
  const ids = [...required.map((column) => valueOf(column) ?? ''), ...others];
  if (ids.some(hasUnwritable)) return 'id_control_character';
  if (ids.some(isSpreadsheetForm)) return 'id_spreadsheet';
  // The stage finds a visit or merge without its patient.
  const words = required.map((column) => valueOf(column) ?? '').filter((id) => id !== '');
  if ([...words, ...(needsMrn ? [valueOf('mrn') ?? ''] : [])].some(saysNothingAsId)) return 'id_says_nothing';
  return entity !== 'merge' && hasNothingButKey(entity, valueOf, given) ? 'nothing_but_key' : null;
}

function noRecordFault(
  entity: Entity,
  key: string,
  valueOf: ColumnReader,
  given: GivenColumns,
): 'header_repeated' | 'ruler' | 'trailer' | null {
  if (isHeader(key, valueOf, given)) return 'header_repeated';
  if (isRuler(key)) return 'ruler';
  const isEnd = isTrailer(key) || (entity === 'patient' && hasNumberForName(valueOf, given));
  return isEnd && describesNobody(entity, valueOf) ? 'trailer' : null;
}

/**
 * A repeated header: the key and another column hold column names. A query may build its key from several columns; then
 * three other columns suffice.
 */
function isHeader(key: string, valueOf: ColumnReader, { columns, headers }: GivenColumns): boolean {
  const isName = (text: string): boolean => {
    const name = text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]/gu, '_');
    return columns.has(name) || headers.has(name);
  };
  const given = [...columns].filter((column) => (valueOf(column) ?? '') !== '');
  const names = given.filter((column) => isName(valueOf(column) ?? ''));
  if (names.length * 2 < given.length) return false;
  return names.length >= (isName(key) ? Math.min(2, given.length) : 3);
}

/** The names lack letters and the dates are missing; any real record has a name or a date. */
function describesNobody(entity: Entity, valueOf: ColumnReader): boolean {
  const hasLetter = (column: string): boolean => /\p{L}/u.test(valueOf(column) ?? '');
  const hasDate = (column: string): boolean =>
    /\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(valueOf(column) ?? '');
  if (entity === 'patient') return !hasLetter('last_name') && !hasDate('birth_date');
  if (entity === 'encounter') return !hasDate('started_at') && !hasDate('ended_at');
  return !hasLetter('surviving_patient_id');
}

/**
 * A name column holds a count or a date, and the row has no letter outside its keys, as in the trailer
 * `T,000006,20261128`.
 */
function hasNumberForName(valueOf: ColumnReader, given: GivenColumns): boolean {
  const others = othersThanKeys('patient', given);
  const isNumber = (column: string): boolean => /^[\d\s.,:/-]*\d[\d\s.,:/-]*$/.test(valueOf(column) ?? '');
  return (
    others.length >= enoughColumns &&
    others.some((column) => nameColumns.has(column) && isNumber(column)) &&
    !others.some((column) => /\p{L}/u.test(valueOf(column) ?? ''))
  );
}

const nameColumns: ReadonlySet<string> = new Set(['first_name', 'middle_name', 'last_name']);

/** With fewer columns beside the keys, odd values in all of them may be genuine. */
const enoughColumns = 4;

const othersThanKeys = (entity: Entity, { columns }: GivenColumns): readonly string[] =>
  [...columns].filter((column) => !keysOf[entity].bare.has(column));

function hasNothingButKey(entity: Entity, valueOf: ColumnReader, given: GivenColumns): boolean {
  const others = othersThanKeys(entity, given);
  const isEmpty = (column: string): boolean => {
    const text = valueOf(column) ?? '';
    return text.trim() === '' || (others.length >= enoughColumns && saysNothingOfAnyone(column, text));
  };
  return others.length > 0 && others.every(isEmpty);
}

/** A word for "nothing", or a value that everybody has: a country, or `deceased` as false or empty. */
const saysNothingOfAnyone = (column: string, text: string): boolean =>
  saysNothing(text) ||
  isNullWord(text) ||
  column === 'country' ||
  (column === 'deceased' && readBoolean(text).value !== true);
