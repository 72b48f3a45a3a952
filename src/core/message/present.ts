import type { JsonObject, JsonValue } from '../json.ts';

/** What a message is written as: everything that may be there, absent or not. */
export type Draft = string | number | boolean | null | undefined | { readonly [key: string]: Draft } | readonly Draft[];

/**
 * Absent, never empty: leaves out whatever says nothing, from the inside out. Redox allows no null for objects and
 * arrays, and an empty text could be taken for "erase what you have".
 */
export const present = (draft: Readonly<Record<string, Draft>>): JsonObject =>
  Object.fromEntries(
    Object.entries(draft)
      .map(([key, value]) => [key, presentValue(value)] as const)
      .filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined),
  );

const presentValue = (value: Draft): JsonValue | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  if (isList(value)) {
    const items = value.map(presentValue).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  const object = present(value);
  return Object.keys(object).length === 0 ? undefined : object;
};

/** Array.isArray does not narrow readonly arrays. */
const isList = (value: object): value is readonly Draft[] => Array.isArray(value);
