import type { JsonObject, JsonValue } from '../../../../src/json.ts';
import { isList, OneOf, Required, type Shape } from '../../../../src/redox/schema/notation.ts';

/** A path names a scalar of a message without its lists: `Results.Observations.Value`. */

/** The scalars that a schema has a place for, in its order. */
export function pathsOfSchema(shape: Shape, path = ''): readonly string[] {
  if (shape instanceof Required) return pathsOfSchema(shape.shape, path);
  if (typeof shape === 'string' || shape instanceof OneOf) return [path];
  if (isList(shape)) return pathsOfSchema(shape[0], path);
  return Object.entries(shape).flatMap(([key, field]) => pathsOfSchema(field, path === '' ? key : `${path}.${key}`));
}

/** Fields whose keys are free count as one scalar. */
const freeFields = new Set(['Meta.Extensions']);

/** Each filled path of a message with all its values. */
export function valuesByPath(message: JsonObject): ReadonlyMap<string, string> {
  const values = new Map<string, string[]>();
  const add = (value: JsonValue | undefined, path: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) add(item as JsonValue, path);
    } else if (typeof value === 'object' && value !== null && !freeFields.has(path)) {
      for (const [key, item] of Object.entries(value)) add(item, path === '' ? key : `${path}.${key}`);
    } else {
      values.set(path, [...(values.get(path) ?? []), JSON.stringify(value)]);
    }
  };
  add(message, '');
  return new Map(Array.from(values, ([path, found]) => [path, found.join()]));
}
