import type { Calendar } from '../../values/time/event-time.ts';
import { columnOf, sectionColumns, sectionContract, sections, type Section } from '../../contract/section.ts';
import { belongsTo, type Column } from '../../contract/section/column.ts';
import type { Row } from '../../contract/section/rows.ts';
import { readBoolean } from '../../values/boolean.ts';
import { table, type Markup } from '../document/narrative.ts';
import { inOneLine, wordedCode, wordedDate, wordedEnd, wordedTime } from '../wording.ts';
import type { Item } from './item.ts';

/**
 * A section's items as a table for people, built from the original rows: one line per item, with every column. Values
 * that could not be parsed, and are missing in the coded part, appear here as written.
 */
export const sectionText = <S extends Section>(items: readonly Item<S>[]): Markup | undefined => {
  const section = items[0]?.building.section;
  if (section === undefined) return undefined;
  const fields = fieldsOf[section];
  return table(
    fields.map(({ header }) => header),
    items.map((item) => fields.map((field) => cell(field, item))),
  );
};

/** One column of the table; columns of the contract with the same header share it. */
interface Field {
  readonly header: string;
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
const wordingOf = (column: string, { kind, tense }: Pick<Column, 'kind' | 'tense'>): FieldColumn['worded'] => {
  if (column.endsWith('name')) {
    const prefix = column.slice(0, -'name'.length);
    return (row) => wordedCode(row, prefix);
  }
  const start = startOf(column);
  if (start !== undefined) return (row, calendar) => wordedEnd(row, column, start, calendar, tense);
  if (kind === 'time') return (row, calendar) => wordedTime(row, column, calendar, tense);
  if (kind === 'date') return (row, calendar) => wordedDate(row, column, calendar, tense);
  if (kind === 'boolean') return (row) => yesOrNo(row[column]?.trim() ?? '');
  return (row) => row[column]?.trim() ?? '';
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
    .replace(/\b(?:id|udi|zip)\b/g, (abbreviation) => abbreviation.toUpperCase());

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const headerOf = (section: Section, column: string, repeat: string | undefined): string => {
  const { item, columns } = sectionContract[section];
  if (repeat === 'alt') return 'Also coded as';
  if (repeat !== undefined) return capitalised(words(repeat));
  if (column === 'name') return capitalised(item);
  if (column === 'units') return 'Value';
  return capitalised(words(withoutNameOfCode(columns, column).replace(/_units$/, '')));
};

const fieldColumnOf = (section: Section, column: string, held: Column, repeat: string | undefined): FieldColumn => {
  const named = withoutNameOfCode(sectionContract[section].columns, column);
  return {
    worded: wordingOf(column, held),
    separator: column.endsWith('units') ? ' ' : ', ',
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
    if (kind === 'key' || kind === 'code' || kind === 'code_system') continue;
    const repeat = repeats.find((prefix) => belongsTo(column, [prefix]));
    const header = headerOf(section, column, repeat);
    const field = fields.get(header) ?? { header, repeat, columns: [] };
    fields.set(header, { ...field, columns: [...field.columns, fieldColumnOf(section, column, held, repeat)] });
  }
  return [...fields.values()];
};

const fieldsOf = Object.fromEntries(sections.map((section) => [section, fieldOf(section)])) as Readonly<
  Record<Section, readonly Field[]>
>;
