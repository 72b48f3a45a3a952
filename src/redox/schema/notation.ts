/**
 * A short notation for JSON Schema, for messages as we send them: nothing in them is null or empty (decision 19), no key is there
 * that Redox does not document, and every text can stand in an XML document, because Redox makes CDA of it.
 */
export type Schema = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, Schema>>;

/** Formats of texts, as `formats.ts` checks them. Each of them holds a text that is not blank. */
export const text: Schema = { type: 'string', format: 'text' };
export const date: Schema = { type: 'string', format: 'date' };
/** A date goes out as the bare date in every field: never a time where only the date is known (Redox, "datetime values"). */
export const time: Schema = { type: 'string', format: 'time' };
export const instant: Schema = { type: 'string', format: 'instant' };
export const phone: Schema = { type: 'string', format: 'phone' };
export const oid: Schema = { type: 'string', format: 'oid' };

export const yesOrNo: Schema = { type: 'boolean' };
export const number: Schema = { type: 'number' };

export const exactly = (value: string): Schema => ({ const: value });

export const object = (properties: Fields, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties,
  required,
});

export const list = (items: Schema): Schema => ({ type: 'array', minItems: 1, items });

/** Several fields of one kind. */
export const each = <Name extends string>(kind: Schema, ...names: readonly Name[]): Readonly<Record<Name, Schema>> =>
  Object.fromEntries(names.map((name) => [name, kind])) as Record<Name, Schema>;

/** A shape that is used in many places and compiled once: see `shapes.ts`. */
export const shape = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
