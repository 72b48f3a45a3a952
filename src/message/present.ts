import type { JsonObject, JsonValue } from '../json.ts';

/** A message before cleaning: every possible field, filled or empty. */
export type Draft = string | number | boolean | null | undefined | { readonly [key: string]: Draft } | readonly Draft[];

/**
 * Removes empty values from the inside out. Redox forbids null for objects and arrays, and an empty text might be read
 * as "erase the stored value".
 */
export const present = (draft: Readonly<Record<string, Draft>>): JsonObject => presentObject(draft) ?? {};

/** Undefined where the result is empty. Written as one loop for speed, because a message has hundreds of objects. */
const presentObject = (draft: Readonly<Record<string, Draft>>): JsonObject | undefined => {
  const content: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const key of Object.keys(draft)) {
    const value = presentValue(draft[key]);
    if (value === undefined) continue;
    content[key] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : content;
};

const presentList = (draft: readonly Draft[]): readonly JsonValue[] | undefined => {
  const content: JsonValue[] = [];
  for (const item of draft) {
    const value = presentValue(item);
    if (value !== undefined) content.push(value);
  }
  return content.length === 0 ? undefined : content;
};

const presentValue = (value: Draft): JsonValue | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  return isList(value) ? presentList(value) : presentObject(value);
};

/** Array.isArray does not narrow readonly arrays. */
const isList = (value: object): value is readonly Draft[] => Array.isArray(value);

export const isFields = (value: Draft): value is Readonly<Record<string, Draft>> =>
  typeof value === 'object' && value !== null && !isList(value);
