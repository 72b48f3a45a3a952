import {
  readCalendarDate,
  readEventPeriod,
  readEventTime,
  type Calendar,
  type Tense,
} from '../../values/time/event-time.ts';
import type { Finding, Reading } from '../../values/reading.ts';
import { RowReader } from '../../contract/row/cleaned-row.ts';
import { columnOf, sectionColumns, type Section, type SectionColumn } from '../../contract/section.ts';
import { belongsTo } from '../../contract/section/column.ts';
import { textOf, type Row } from '../../contract/section/rows.ts';
import { readBoolean } from '../../values/word.ts';
import { readCount, readNumber } from '../../values/number.ts';
import type { MessageContext } from '../context.ts';
import { readAddress, codedValue, type Draft } from '../parts.ts';
import { wordsOfNotDone, type Standing } from './standing.ts';

/** Shared by all items of a section. */
export interface Building<S extends Section> {
  readonly section: S;
  readonly calendar: Calendar;
  readonly zipFormat: MessageContext['zipFormat'];
  readonly findings: Finding[];
  /** The visit to which all rows belong, as a part of Redox's sections refers to it. */
  readonly visit: Draft;
}

/** The prefixes of the columns that end in `Suffix`. */
type PrefixOf<Column extends string, Suffix extends string> = Column extends `${infer Prefix}${Suffix}`
  ? Prefix
  : never;

/** One item of a section: an allergy, a problem, an observation. Its rows differ only in the columns that repeat. */
export class Item<S extends Section, Column extends string = SectionColumn<S>> {
  readonly building: Building<S>;
  readonly rows: readonly [Row, ...Row[]];
  readonly standing: Standing;
  readonly #row: RowReader<string>;

  constructor(building: Building<S>, rows: readonly [Row, ...Row[]], standing: Standing) {
    this.building = building;
    this.rows = rows;
    this.standing = standing;
    this.#row = new RowReader<string>(rows[0], building.findings);
  }

  text(column: Column): string | undefined {
    return this.#row.text(column);
  }

  /** An id with its white space. */
  id(column: Column): string | undefined {
    return this.#row.id(column);
  }

  read<T>(column: Column, reader: (text: string) => Reading<T>): T | undefined {
    return this.#row.read(column, reader);
  }

  time(column: Column): string | undefined {
    return this.read(column, (text) => readEventTime(text, this.building.calendar, this.#tense(column)));
  }

  date(column: Column): string | undefined {
    return this.read(column, (text) => readCalendarDate(text, this.building.calendar, this.#tense(column)));
  }

  #tense(column: Column): Tense | undefined {
    return columnOf(this.building.section, column)?.tense;
  }

  boolean(column: Column): boolean | undefined {
    return this.read(column, readBoolean);
  }

  count(column: Column): number | undefined {
    return this.read(column, readCount);
  }

  /** Redox's numbers are strings, so its schema would accept words; this rejects them. */
  number(column: Column): string | undefined {
    return this.read(column, readNumber);
  }

  /** Redox's usual pair, from a pair of columns. */
  period(start: Column, end: Column): { readonly StartDate: Draft; readonly EndDate: Draft } {
    const period = readEventPeriod(this.text(start), this.text(end), this.building.calendar, this.#tense(end));
    return { StartDate: this.#row.keep(start, period.start), EndDate: this.#row.keep(end, period.end) };
  }

  coded(prefix: PrefixOf<Column, 'code_system'>): Readonly<Record<string, Draft>> {
    return codedValue(this.#row, prefix);
  }

  /** The coded value with its codes in other systems. */
  codedPlus(prefix: PrefixOf<Column, 'code_system'>): Readonly<Record<string, Draft>> {
    return { ...this.coded(prefix), AltCodes: this.parts('alt').map((part) => codedValue(part.#row, 'alt_')) };
  }

  /** Redox's quantities have a string for the number and one for the units. Units are sent only beside a number. */
  quantity(name: PrefixOf<Column, '_units'>): Draft {
    const quantity = this.#row.read(name, readNumber);
    return quantity === undefined ? undefined : { Quantity: quantity, Units: this.#row.text(`${name}_units`) };
  }

  address(prefix: PrefixOf<Column, 'street_address'>): Draft {
    return readAddress(this.#row, prefix, this.building.zipFormat);
  }

  /** An id and its type; the type is sent only beside an id. */
  identifier(prefix: PrefixOf<Column, 'id_type'>): Readonly<Record<'ID' | 'IDType', string | undefined>> {
    const id = this.#row.id(`${prefix}id`);
    return { ID: id, IDType: id === undefined ? undefined : this.#row.text(`${prefix}id_type`) };
  }

  /** The remarks; of what was not done also that it was not, and why. */
  comments(): Draft {
    const remarks = this.parts('comment').map((part) => part.#row.text('comment'));
    return [wordsOfNotDone(this.standing), ...remarks].map((text) => ({ Text: text }));
  }

  /** The status of an act, which a reason for not doing it overrides. */
  status(reader: (text: string) => Reading<string>): string | undefined {
    return this.standing.kind === 'not_done' ? reader('not done').value : this.#row.read('status', reader);
  }

  reasonNotDone(): string | undefined {
    return this.standing.kind === 'not_done' ? this.standing.reason : undefined;
  }

  /** Redox's `IsNegativeIndicator`; undefined if the source is silent. */
  negativeIndicator(): boolean | undefined {
    if (this.standing.kind === 'absent') return true;
    return this.standing.kind === 'stated' && this.standing.isAffirmed ? false : undefined;
  }

  /** The repeated parts of the item, each as an item: one for each distinct set of values in the columns of `prefix`. */
  parts(prefix: string): readonly Item<S, Column>[] {
    const columns = columnsOfPart(this.building.section, prefix);
    const parts = new Map<string, Row>();
    for (const row of this.rows) {
      const identity = textOf(row, columns);
      if (identity !== '' && !parts.has(identity)) parts.set(identity, row);
    }
    return Array.from(parts.values(), (row) => new Item<S, Column>(this.building, [row], this.standing));
  }
}

const columnsOfParts = new Map<Section, Map<string, readonly string[]>>();

/** Cached, because every item needs them. */
function columnsOfPart(section: Section, prefix: string): readonly string[] {
  let ofSection = columnsOfParts.get(section);
  if (ofSection === undefined) columnsOfParts.set(section, (ofSection = new Map<string, readonly string[]>()));
  let columns = ofSection.get(prefix);
  if (columns === undefined) {
    columns = sectionColumns(section).filter((column) => belongsTo(column, [prefix]));
    ofSection.set(prefix, columns);
  }
  return columns;
}

/** Builds one section of a Clinical Summary from its items, under Redox's irregular keys: the coded part and the text. */
export type SectionBuilder<S extends Section> = (items: readonly Item<S>[]) => Readonly<Record<string, Draft>>;
