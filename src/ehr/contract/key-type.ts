/** How rows are found by their key so that the site's own index serves: `id::text = ANY(…)` on a number reads the table. */
interface KeyType {
  /** SQL that is true for the rows whose key is among the texts in `$1`. */
  readonly condition: (key: string) => string;
  /** False for a text that no key of this type prints as: it is not there, and asking for it would be an error. */
  readonly canBe: (id: string) => boolean;
}

const inThe = (type: string) => (key: string) => `${key} = ANY($1::text[]::${type}[])`;

const integer = (type: string, bits: number): KeyType => ({
  condition: inThe(type),
  canBe: (id) => /^(?:0|-?[1-9][0-9]{0,18})$/.test(id) && BigInt.asIntN(bits, BigInt(id)) === BigInt(id),
});

// Postgres holds no zero byte in a text.
const isText = (id: string): boolean => !id.includes('\0');

const keyTypes: Readonly<Record<string, KeyType>> = {
  text: { condition: (key) => `${key} = ANY($1::text[])`, canBe: isText },
  'character varying': { condition: (key) => `${key} = ANY($1::text[])`, canBe: isText },
  // As text it would lose its padding, which is part of the id that the scan gave.
  character: { condition: inThe('bpchar'), canBe: isText },
  smallint: integer('smallint', 16),
  integer: integer('integer', 32),
  bigint: integer('bigint', 64),
  numeric: { condition: inThe('numeric'), canBe: (id) => /^(?:-?[0-9]{1,1000}(?:\.[0-9]{1,1000})?|NaN)$/.test(id) },
  uuid: { condition: inThe('uuid'), canBe: (id) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) },
};

/** A type that is none of these (citext, an enum …) is compared as text: slower, and right. */
const otherType: KeyType = { condition: (key) => `${key}::text = ANY($1::text[])`, canBe: isText };

/** How to find rows by a key of this type, by the name that `format_type` gives it. */
export const keyTypeOf = (type: string): KeyType => keyTypes[type] ?? otherType;
