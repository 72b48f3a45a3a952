import { isObject, type JsonObject, type JsonValue } from '../../../json.ts';

/** Reads a message before its shape is checked: a missing value and one of another type both count as absent. */

function valueAt(message: JsonValue, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = message;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value;
}

export function textAt(message: JsonValue, ...path: readonly string[]): string | null {
  const value = valueAt(message, ...path);
  return typeof value === 'string' ? value : null;
}

export function objectAt(message: JsonValue, ...path: readonly string[]): JsonObject | null {
  const value = valueAt(message, ...path);
  return isObject(value) ? value : null;
}

export function objectsAt(message: JsonValue, ...path: readonly string[]): readonly JsonObject[] {
  const value = valueAt(message, ...path);
  return Array.isArray(value) ? value.filter((item: JsonValue) => isObject(item)) : [];
}

/** The IDs under `idType` among the identifiers at `path`. */
export function idsAt(message: JsonValue, idType: string, ...path: readonly string[]): readonly string[] {
  return objectsAt(message, ...path).flatMap(({ ID, IDType }) =>
    IDType === idType && typeof ID === 'string' ? [ID] : [],
  );
}
