import type { Calendar } from '../../values/time/event-time.ts';
import { columnOf, sectionColumns, sectionContract, sections, type Section } from '../../contract/section.ts';
import { belongsTo, type Column } from '../../contract/section/column.ts';
import type { Row } from '../../contract/section/rows.ts';
import { readBoolean } from '../../values/word.ts';
import { table, type Markup } from '../document/narrative.ts';
import { inOneLine, wordedCode, wordedDate, wordedEnd, wordedTime } from '../wording.ts';
import { readInterpretation, readPanelStatus, readResultStatus } from '../../values/clinical/clinical-status.ts';
import { unitsBeside } from '../../values/clinical/units.ts';
import { completionInWords } from '../../values/clinical/denial.ts';
import type { Item } from './item.ts';
import { isGiving, subjectInWords } from './standing.ts';

/**
 * A section's items as a table for people, built from the original rows: one line per item, with every column that does
 * not only sort the rows. Values that could not be parsed, and are missing in the coded part, appear here as written.
 * `namedBy`: the section's own words for the subject of an item, undefined if its columns name it.
 */
export const sectionText = <S extends Section>(
  items: readonly Item<S>[],
  namedBy: (item: Item<S>) => string | undefined = () => undefined,
): Markup | undefined => {
  const section = items[0]?.building.section;
  if (section === undefined) return undefined;
  const fields = fieldsOf[section];
  return table(
    fields.map(({ header }) => header),
    items.map((item) => lineOf(fields, item, namedBy(item))),
  );
};

/** An item's cells. A statement about the subject, such as its negation, is written before the subject, so that nobody misses it. */
const lineOf = <S extends Section>(
  fields: readonly Field[],
  item: Item<S>,
  named: string | undefined,
): readonly string[] => {
  const cells = fields.map((field) => cell(field, item));
  const of = fields.findIndex(({ isSubject }) => isSubject);
  // A conclusion in words only is its own subject.
  const inWords = cells[of] === '' ? fields.findIndex(({ header }) => header === 'Text') : -1;
  const subject = inWords === -1 ? of : inWords;
  return cells.map((text, index) => (index === subject ? (named ?? subjectInWords(item.standing, text)) : text));
};

/** One column of the table; columns of the contract with the same header share it. */
interface Field {
  readonly header: string;
  /** True if the column names what the row is about. */
  readonly isSubject: boolean;
  /** The prefix, for columns that repeat within an item. */
  readonly repeat: string | undefined;
  readonly columns: readonly FieldColumn[];
}

interface FieldColumn {
  /** The column's value of a row in words. */
  readonly worded: (row: Row, calendar: Calendar) => string;
  /** Precedes the value where the cell already has text. */
  readonly separator: ' ' | ', ';
  /** A repeated part has several values in one cell, so each has a label, except the name. */
  readonly label: string;
}

const cell = <S extends Section>({ repeat, columns }: Field, item: Item<S>): string => {
  const { calendar } = item.building;
  if (repeat === undefined) return inOneCell(columns, item.rows[0], calendar);
  const parts = item.parts(repeat).map(({ rows: [row] }) => {
    const texts = columns.map((column) => labelledValue(row, column, calendar));
    return inOneLine(texts, ', ');
  });
  return inOneLine(parts, '; ');
};

const inOneCell = (columns: readonly FieldColumn[], row: Row, calendar: Calendar): string => {
  let cellText = '';
  for (const { worded, separator } of columns) {
    const text = worded(row, calendar);
    if (text !== '') cellText += cellText === '' ? text : separator + text;
  }
  return cellText;
};

const labelledValue = (row: Row, { worded, label }: FieldColumn, calendar: Calendar): string => {
  const text = worded(row, calendar);
  return text === '' || label === '' ? text : `${label}: ${text}`;
};

/** Chooses the wording of a column once for all rows. */
const wordingOf = (
  section: Section,
  column: string,
  { kind, tense }: Pick<Column, 'kind' | 'tense'>,
): FieldColumn['worded'] => {
  const readLetter = letterReaders[`${section}.${column}`];
  if (readLetter !== undefined) return (row) => wordedLetter(row[column]?.trim() ?? '', readLetter);
  if (column === 'status' && ['immunizations', 'medications'].includes(section)) {
    return (row) => wordedCompletion(section, row);
  }
  if (column.endsWith('name')) {
    const prefix = column.slice(0, -'name'.length);
    return (row) => wordedCode(row, prefix);
  }
  const start = startOf(column);
  if (start !== undefined) return (row, calendar) => wordedEnd(row, column, start, calendar, tense);
  if (/(?:^|_)units$/.test(column)) {
    const value = /^(?:milestone_)?units$/.test(column)
      ? column.replace(/units$/, 'value')
      : column.replace(/_units$/, '');
    return (row) => unitsBeside(row[value]?.trim() ?? '', row[column]?.trim()) ?? '';
  }
  if (kind === 'time') return (row, calendar) => wordedTime(row, column, calendar, tense);
  if (kind === 'date') return (row, calendar) => wordedDate(row, column, calendar, tense);
  if (kind === 'boolean') return (row) => yesOrNo(row[column]?.trim() ?? '');
  return (row) => row[column]?.trim() ?? '';
};

/** The columns in which HL7's letters for the state or the meaning of an observation may stand. */
const letterReaders: Readonly<Record<string, typeof readResultStatus>> = {
  'results.status': readResultStatus,
  'results.panel_status': readPanelStatus,
  'vital_signs.status': readResultStatus,
  'results.interpretation': readInterpretation,
  'vital_signs.interpretation': readInterpretation,
  'health_concerns.interpretation': readInterpretation,
};

/** Letters alone mislead people: the status `A` is no abnormal result. */
const wordedLetter = (text: string, readLetter: typeof readResultStatus): string => {
  if (!/^[A-Za-z]{1,2}$/.test(text)) return text;
  const { value, problems } = readLetter(text);
  return problems.length === 0 ? (value ?? text) : text;
};

/** HL7's letters for the state of a dose mean nothing to people. */
const wordedCompletion = (section: Section, row: Row): string => {
  const status = row['status']?.trim() ?? '';
  return isGiving(section, row) ? completionInWords(status) : status;
};

/** The column of the period's start, for a column of its end. */
const startOf = (column: string): string | undefined => {
  if (column === 'planned_until') return 'planned_at';
  return column.endsWith('ended_at') ? column.replace(/ended_at$/, 'started_at') : undefined;
};

const yesOrNo = (text: string): string => {
  if (text === '') return '';
  const { value } = readBoolean(text);
  if (value === undefined) return text;
  return value ? 'yes' : 'no';
};

/** `specimen_name` beside `specimen_code` is the specimen; `first_name` is a first name. */
const withoutNameOfCode = (columns: Readonly<Record<string, unknown>>, column: string): string =>
  column.endsWith('_name') && column.replace(/name$/, 'code') in columns ? column.replace(/_name$/, '') : column;

const words = (column: string): string =>
  column
    .replace(/_at$/, '')
    .replaceAll('_', ' ')
    .trim()
    .replace(/\b(?:id|npi|udi|zip)\b/g, (abbreviation) => abbreviation.toUpperCase());

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const personColumns: ReadonlySet<string> = new Set(['first_name', 'middle_name', 'last_name']);
const subjectColumns: ReadonlySet<string> = new Set(['name', 'substance_name', ...personColumns]);

const headerOf = (section: Section, column: string, repeat: string | undefined): string => {
  const { item, columns } = sectionContract[section];
  if (repeat === 'alt') return 'Also coded as';
  if (repeat !== undefined) return capitalised(words(repeat));
  if (subjectColumns.has(column)) return capitalised(item);
  if (column === 'units') return 'Value';
  return capitalised(words(withoutNameOfCode(columns, column).replace(/_units$/, '')));
};

const fieldColumnOf = (section: Section, column: string, held: Column, repeat: string | undefined): FieldColumn => {
  const named = withoutNameOfCode(sectionContract[section].columns, column);
  return {
    worded: wordingOf(section, column, held),
    separator: column.endsWith('units') || personColumns.has(column) ? ' ' : ', ',
    label: repeat === undefined ? '' : words(named.slice(repeat.length + 1)),
  };
};

const fieldOf = (section: Section): readonly Field[] => {
  const { repeats } = sectionContract[section];
  const fields = new Map<string, Field>();
  for (const column of sectionColumns(section)) {
    const held = columnOf(section, column);
    if (held === undefined) continue;
    const { kind } = held;
    // A code appears in the cell of its name.
    if (kind === 'key' || kind === 'code' || kind === 'code_system' || kind === 'file' || held.isUnprinted === true)
      continue;
    const repeat = repeats.find((prefix) => belongsTo(column, [prefix]));
    const header = headerOf(section, column, repeat);
    const isSubject = subjectColumns.has(column);
    const field = fields.get(header) ?? { header, isSubject, repeat, columns: [] };
    fields.set(header, { ...field, columns: [...field.columns, fieldColumnOf(section, column, held, repeat)] });
  }
  return [...fields.values()];
};

const fieldsOf = Object.fromEntries(sections.map((section) => [section, fieldOf(section)])) as Readonly<
  Record<Section, readonly Field[]>
>;
