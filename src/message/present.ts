import type { JsonObject, JsonValue } from '../json.ts';

/** What a message is written as: everything that may be there, absent or not. */
export type Draft = string | number | boolean | null | undefined | { readonly [key: string]: Draft } | readonly Draft[];

/**
 * Absent, never empty: leaves out whatever says nothing, from the inside out. Redox allows no null for objects and
 * arrays, and an empty text could be taken for "erase what you have".
 */
export const present = (draft: Readonly<Record<string, Draft>>): JsonObject => presentObject(draft) ?? {};

/** Undefined where nothing is left of it. One loop: a message has hundreds of objects, and is made of nothing else. */
const presentObject = (draft: Readonly<Record<string, Draft>>): JsonObject | undefined => {
  const said: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const key of Object.keys(draft)) {
    const value = presentValue(draft[key]);
    if (value === undefined) continue;
    said[key] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : said;
};

const presentList = (draft: readonly Draft[]): readonly JsonValue[] | undefined => {
  const said: JsonValue[] = [];
  for (const item of draft) {
    const value = presentValue(item);
    if (value !== undefined) said.push(value);
  }
  return said.length === 0 ? undefined : said;
};

const presentValue = (value: Draft): JsonValue | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  return isList(value) ? presentList(value) : presentObject(value);
};

/** Array.isArray does not narrow readonly arrays. */
const isList = (value: object): value is readonly Draft[] => Array.isArray(value);
