/** Finds rows by key through the site's own index; `id::text = ANY(…)` on a number would scan the table. */
interface KeyType {
  /** SQL that is true for the rows whose key is among the texts in `$1`. */
  readonly condition: (key: string) => string;
  /** False for a text that this type never prints: it matches no row, and querying it would fail. */
  readonly canBe: (id: string) => boolean;
}

const inThe = (type: string) => (key: string) => `${key} = ANY($1::text[]::${type}[])`;

const integer = (type: string, bits: number): KeyType => ({
  condition: inThe(type),
  canBe: (id) => /^(?:0|-?[1-9][0-9]{0,18})$/.test(id) && BigInt.asIntN(bits, BigInt(id)) === BigInt(id),
});

// A zero byte is invalid in a Postgres text.
const isText = (id: string): boolean => !id.includes('\0');

const keyTypes: Readonly<Record<string, KeyType>> = {
  text: { condition: (key) => `${key} = ANY($1::text[])`, canBe: isText },
  'character varying': { condition: (key) => `${key} = ANY($1::text[])`, canBe: isText },
  // A cast to text would drop the padding, and the scanned id includes it.
  character: { condition: inThe('bpchar'), canBe: isText },
  smallint: integer('smallint', 16),
  integer: integer('integer', 32),
  bigint: integer('bigint', 64),
  numeric: { condition: inThe('numeric'), canBe: (id) => /^(?:-?[0-9]{1,1000}(?:\.[0-9]{1,1000})?|NaN)$/.test(id) },
  uuid: { condition: inThe('uuid'), canBe: (id) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) },
};

/** Any other type (citext, an enum …) is compared as text: slower, but correct. */
const otherType: KeyType = { condition: (key) => `${key}::text = ANY($1::text[])`, canBe: isText };

/** The key condition for a type, by its `format_type` name. */
export const keyTypeOf = (type: string): KeyType => keyTypes[type] ?? otherType;
