/**
 * Describes the columns of a section once, for the check of the EHR's queries, for the documentation and for the
 * narrative in messages.
 */
import type { Form } from '../row/cleaned-row.ts';
import type { Tense } from '../../values/time/event-time.ts';

/**
 * `key` tells rows apart and is not sent · `id` is sent byte for byte · `code` and `code_system` accompany a `line`
 * that names the same thing · `text` is free text with line breaks · `line` and `place` (where somebody or something
 * is) are one line · `name` is a person's name · `time` is a time or a bare date · `date` is a date only · `negation` is
 * a yes or no of which every other word is kept for the text · `count` is a whole number, `number` any · `file` is the
 * base64 of a file.
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
  | 'negation'
  | 'count'
  | 'number'
  | 'file';

export interface Column {
  readonly kind: Kind;
  /** Whether a time or date may lie in the future. */
  readonly tense?: Tense;
  /** One phrase for people. */
  readonly meaning: string;
  /** Decides where or how the row is sent, and is no part of the text. */
  readonly isUnprinted?: true;
}

export const key = (meaning: string): Column => ({ kind: 'key', meaning });
export const text = (meaning: string): Column => ({ kind: 'text', meaning });
export const place = (meaning: string): Column => ({ kind: 'place', meaning });
export const line = (meaning: string): Column => ({ kind: 'line', meaning });
export const name = (meaning: string): Column => ({ kind: 'name', meaning });
export const id = (meaning: string): Column => ({ kind: 'id', meaning });
export const time = (meaning: string): Column => ({ kind: 'time', meaning });
export const date = (meaning: string): Column => ({ kind: 'date', meaning });
/** Intended, ordered, due or valid times, which may lie in the future. */
export const futureTime = (meaning: string): Column => ({ kind: 'time', tense: 'any', meaning });
export const futureDate = (meaning: string): Column => ({ kind: 'date', tense: 'any', meaning });
export const number = (meaning: string): Column => ({ kind: 'number', meaning });
export const boolean = (meaning: string): Column => ({ kind: 'boolean', meaning });
/** A yes or no about a condition; any other value is sent in the text. */
export const negation = (meaning: string): Column => ({ kind: 'negation', meaning, isUnprinted: true });
/** A column that sorts rows. */
export const unprinted = (column: Column): Column => ({ ...column, isUnprinted: true });
export const file = (meaning: string): Column => ({ kind: 'file', meaning });
export const count = (meaning: string): Column => ({ kind: 'count', meaning });

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
  negation: 'line',
  count: 'word',
  number: 'line',
  file: 'key',
};

/** The columns of one coded value; the prefix ends in `_`, or is empty for the subject of the row. */
export type CodedColumn<Prefix extends string> = `${Prefix}code` | `${Prefix}code_system` | `${Prefix}name`;

export const coded = <Prefix extends string>(prefix: Prefix, meaning: string): Record<CodedColumn<Prefix>, Column> =>
  ({
    [`${prefix}code`]: { kind: 'code', meaning: `${meaning}: its code` },
    [`${prefix}code_system`]: {
      kind: 'code_system',
      meaning: 'The system of that code: OID, name, FHIR URL or short name',
    },
    [`${prefix}name`]: { kind: 'line', meaning: `${meaning}, in words` },
  }) as Record<CodedColumn<Prefix>, Column>;

interface CodedColumns<Prefix extends string> {
  readonly code: `${Prefix}code`;
  readonly system: `${Prefix}code_system`;
  readonly name: `${Prefix}name`;
}

/** Cached by prefix: every row asks for them, and a concatenated string is slow to look up. */
const codedColumnsByPrefix = new Map<string, CodedColumns<string>>();

export const codedColumns = <Prefix extends string>(prefix: Prefix): CodedColumns<Prefix> => {
  let columns = codedColumnsByPrefix.get(prefix);
  if (columns === undefined) {
    columns = { code: `${prefix}code`, system: `${prefix}code_system`, name: `${prefix}name` };
    codedColumnsByPrefix.set(prefix, columns);
  }
  return columns as CodedColumns<Prefix>;
};

/** An item has one main code and may have others. */
export const alternatives = coded('alt_', 'The same in another code system');

export const period = {
  started_at: time('When it began'),
  ended_at: time('When it ended'),
} as const;

export const amount = <Name extends string>(called: Name, meaning: string): Record<Name | `${Name}_units`, Column> =>
  ({ [called]: number(`${meaning}, as a number`), [`${called}_units`]: line('Its units, best in UCUM') }) as Record<
    Name | `${Name}_units`,
    Column
  >;

export const comment = { comment: text('A remark') } as const;

/** A period that may end in the future. */
export const futurePeriod = {
  started_at: futureTime('When it began'),
  ended_at: futureTime('When it ended'),
} as const;

export type AddressPart = 'street_address' | 'city' | 'state' | 'zip' | 'country';

/** Redox has no county in the address of an advance directive's custodian. */
export const addressWithoutCounty = <Prefix extends string>(
  prefix: Prefix,
  meaning: string,
): Record<`${Prefix}${AddressPart}`, Column> =>
  ({
    [`${prefix}street_address`]: place(`${meaning}: street and number`),
    [`${prefix}city`]: place(`${meaning}: city`),
    [`${prefix}state`]: place(`${meaning}: state, as in patients.sql`),
    [`${prefix}zip`]: place(`${meaning}: ZIP code`),
    [`${prefix}country`]: place(`${meaning}: country, as in patients.sql`),
  }) as Record<`${Prefix}${AddressPart}`, Column>;

export const address = <Prefix extends string>(
  prefix: Prefix,
  meaning: string,
): Record<`${Prefix}${AddressPart | 'county'}`, Column> =>
  ({ ...addressWithoutCounty(prefix, meaning), [`${prefix}county`]: place(`${meaning}: county`) }) as Record<
    `${Prefix}${AddressPart | 'county'}`,
    Column
  >;

/** The query of one section. A prefix means the column of that name and every column that begins with it and `_`. */
export interface SectionContract {
  readonly title: string;
  /** The subject of one row, or of several rows together. */
  readonly item: string;
  /** Prefixes of the columns that identify a group of items: rows with equal values here belong together. */
  readonly group: readonly string[];
  /** Prefixes of the columns that an item may have several times: rows that agree in all other columns are one item. */
  readonly repeats: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

export const belongsTo = (column: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => column === prefix || column.startsWith(`${prefix}_`));
