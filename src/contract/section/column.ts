/**
 * How the columns of a section are written down: once, for the check of the EHR's queries, for the page that people read
 * and for the text that receivers read.
 */
import type { Form } from '../row/cleaned-row.ts';
import type { Tense } from '../../values/time/event-time.ts';

/**
 * What a column holds: `key` tells rows apart and is not sent · `id` is sent to the byte · `code` and `code_system` stand beside a
 * `line` that names the same thing · `text` is free text with line breaks, `line` and `place` (where somebody or something is) have
 * one line, `name` is a person's · `time` is a time or a bare date · `date` is a date only · `count` is a whole number, `number` any.
 */
export type Kind =
  | 'key'
  | 'id'
  | 'code'
  | 'code_system'
  | 'text'
  | 'line'
  | 'place'
  | 'name'
  | 'time'
  | 'date'
  | 'boolean'
  | 'count'
  | 'number';

export interface Column {
  readonly kind: Kind;
  /** Of a time or date: whether it may lie in years to come. */
  readonly tense?: Tense;
  /** One phrase for people. */
  readonly says: string;
}

export const key = (says: string): Column => ({ kind: 'key', says });
export const text = (says: string): Column => ({ kind: 'text', says });
export const place = (says: string): Column => ({ kind: 'place', says });
export const line = (says: string): Column => ({ kind: 'line', says });
export const name = (says: string): Column => ({ kind: 'name', says });
export const id = (says: string): Column => ({ kind: 'id', says });
export const time = (says: string): Column => ({ kind: 'time', says });
export const date = (says: string): Column => ({ kind: 'date', says });
/** What is meant, ordered, due or valid: it may lie in years to come. */
export const futureTime = (says: string): Column => ({ kind: 'time', tense: 'any', says });
export const futureDate = (says: string): Column => ({ kind: 'date', tense: 'any', says });
export const number = (says: string): Column => ({ kind: 'number', says });
export const boolean = (says: string): Column => ({ kind: 'boolean', says });
export const count = (says: string): Column => ({ kind: 'count', says });

/** How the text of a column of this kind is taken. */
export const formOfKind: Readonly<Record<Kind, Form>> = {
  key: 'key',
  id: 'id',
  code: 'code',
  code_system: 'code',
  text: 'text',
  line: 'line',
  place: 'place',
  name: 'name',
  time: 'word',
  date: 'word',
  boolean: 'word',
  count: 'word',
  number: 'line',
};

/** The columns of one coded value; the prefix ends in `_`, or is empty for the thing that the row is about. */
export type CodedColumn<Prefix extends string> = `${Prefix}code` | `${Prefix}code_system` | `${Prefix}name`;

export const coded = <Prefix extends string>(prefix: Prefix, says: string): Record<CodedColumn<Prefix>, Column> =>
  ({
    [`${prefix}code`]: { kind: 'code', says: `${says}: its code` },
    [`${prefix}code_system`]: {
      kind: 'code_system',
      says: 'The system of that code: OID, name, FHIR URL or short name',
    },
    [`${prefix}name`]: { kind: 'line', says: `${says}, in words` },
  }) as Record<CodedColumn<Prefix>, Column>;

/** The names of the columns of one coded value. */
interface CodedColumns<Prefix extends string> {
  readonly code: `${Prefix}code`;
  readonly system: `${Prefix}code_system`;
  readonly name: `${Prefix}name`;
}

/** By prefix: they are asked for with every row, and a text that is put together is slow to look up. */
const codedColumnsByPrefix = new Map<string, CodedColumns<string>>();

export const codedColumns = <Prefix extends string>(prefix: Prefix): CodedColumns<Prefix> => {
  let columns = codedColumnsByPrefix.get(prefix);
  if (columns === undefined) {
    columns = { code: `${prefix}code`, system: `${prefix}code_system`, name: `${prefix}name` };
    codedColumnsByPrefix.set(prefix, columns);
  }
  return columns as CodedColumns<Prefix>;
};

/** A thing has one code that says best what it is, and may have others. */
export const alternatives = coded('alt_', 'The same in another code system');

export const period = {
  started_at: time('When it began'),
  ended_at: time('When it ended'),
} as const;

export const amount = <Name extends string>(called: Name, says: string): Record<Name | `${Name}_units`, Column> =>
  ({ [called]: number(`${says}, as a number`), [`${called}_units`]: line('Its units, best in UCUM') }) as Record<
    Name | `${Name}_units`,
    Column
  >;

export const comment = { comment: text('A remark') } as const;

/** What is agreed or prescribed for a time that may end in years to come. */
export const futurePeriod = {
  started_at: futureTime('When it began'),
  ended_at: futureTime('When it ended'),
} as const;

export type AddressPart = 'street_address' | 'city' | 'state' | 'zip' | 'country';

/** An advance directive's custodian is the one whose address has no county at Redox. */
export const addressWithoutCounty = <Prefix extends string>(
  prefix: Prefix,
  says: string,
): Record<`${Prefix}${AddressPart}`, Column> =>
  ({
    [`${prefix}street_address`]: place(`${says}: street and number`),
    [`${prefix}city`]: place(`${says}: city`),
    [`${prefix}state`]: place(`${says}: state, as in patients.sql`),
    [`${prefix}zip`]: place(`${says}: ZIP code`),
    [`${prefix}country`]: place(`${says}: country, as in patients.sql`),
  }) as Record<`${Prefix}${AddressPart}`, Column>;

export const address = <Prefix extends string>(
  prefix: Prefix,
  says: string,
): Record<`${Prefix}${AddressPart | 'county'}`, Column> =>
  ({ ...addressWithoutCounty(prefix, says), [`${prefix}county`]: place(`${says}: county`) }) as Record<
    `${Prefix}${AddressPart | 'county'}`,
    Column
  >;

/** What one query of a section gives. A prefix stands for the column of that name and for those that begin with it and `_`. */
export interface SectionContract {
  /** What people call the section. */
  readonly title: string;
  /** What one row, or several rows together, are about. */
  readonly item: string;
  /** Prefixes of columns that say what several items belong to: rows that agree in these belong together. */
  readonly group: readonly string[];
  /** Prefixes of columns that an item may have more than once: rows that agree in all others are one item. */
  readonly repeats: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

export const belongsTo = (column: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => column === prefix || column.startsWith(`${prefix}_`));
