import { columnOf, sectionColumns, sectionContract, sections, type Section } from '../../section.ts';
import { belongsTo, type Kind } from '../../section/column.ts';
import type { Row } from '../../section/rows.ts';
import { readBoolean } from '../../value-set/boolean.ts';
import { table, type Markup } from '../narrative.ts';
import { inOneLine, wordedCode, wordedEnd, wordedTime } from '../wording.ts';
import type { Item } from './item.ts';

/**
 * A section's items as a table for people, made from the very rows: one line an item, and all that its columns say, also
 * what could not be read as what it should be and is left out of the coded part.
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

/** One column of the table: columns of the contract that share a header are told together. */
interface Field {
  readonly header: string;
  /** Of columns that repeat within an item: their prefix. */
  readonly repeat: string | undefined;
  readonly columns: readonly FieldColumn[];
}

interface FieldColumn {
  readonly column: string;
  readonly kind: Kind;
}

const cell = <S extends Section>({ repeat, columns }: Field, item: Item<S>): string => {
  const { zone } = item.building;
  if (repeat === undefined) {
    return columns.reduce((before, field) => {
      const text = wordedValue(item.rows[0], field, zone);
      return inOneLine([before, text], field.column.endsWith('units') ? ' ' : ', ');
    }, '');
  }
  const parts = item.parts(repeat).map(({ rows: [row] }) => {
    const texts = columns.map((field) => labelledValue(row, field, zone, repeat));
    return inOneLine(texts, ', ');
  });
  return inOneLine(parts, '; ');
};

/** Of what repeats, several columns stand in one cell, and all but what it is called need a label. */
const labelledValue = (row: Row, field: FieldColumn, zone: string, repeat: string): string => {
  const text = wordedValue(row, field, zone);
  const label = words(withoutNameOfCode(row, field.column).slice(repeat.length + 1));
  return text === '' || label === '' ? text : `${label}: ${text}`;
};

const wordedValue = (row: Row, { column, kind }: FieldColumn, zone: string): string => {
  if (column.endsWith('name')) return wordedCode(row, column.slice(0, -'name'.length));
  const start = startOf(column);
  if (start !== undefined) return wordedEnd(row, column, start, zone);
  if (kind === 'time') return wordedTime(row, column, zone);
  const text = row[column]?.trim() ?? '';
  return kind === 'boolean' ? yesOrNo(text) : text;
};

/** The column in which a period begins that ends in this one. */
const startOf = (column: string): string | undefined => {
  if (column === 'planned_until') return 'planned_at';
  return column.endsWith('ended_at') ? column.replace(/ended_at$/, 'started_at') : undefined;
};

const yesOrNo = (text: string): string => {
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

const fieldOf = (section: Section): readonly Field[] => {
  const { repeats } = sectionContract[section];
  const fields = new Map<string, Field>();
  for (const column of sectionColumns(section)) {
    const kind = columnOf(section, column)?.kind ?? 'text';
    // A code stands in the cell of its name.
    if (kind === 'key' || kind === 'code' || kind === 'code_system') continue;
    const repeat = repeats.find((prefix) => belongsTo(column, [prefix]));
    const header = headerOf(section, column, repeat);
    const field = fields.get(header) ?? { header, repeat, columns: [] };
    fields.set(header, { ...field, columns: [...field.columns, { column, kind }] });
  }
  return [...fields.values()];
};

const fieldsOf = Object.fromEntries(sections.map((section) => [section, fieldOf(section)])) as Readonly<
  Record<Section, readonly Field[]>
>;
