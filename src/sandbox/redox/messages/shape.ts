import type { JsonObject, JsonValue } from '../../../json.ts';

/**
 * The notation in which the messages are written down, close to that of Redox's own field lists:
 *
 *   text, date, oneOf(…)     a scalar; null is the same as absent
 *   { Name: text }           an object: never null, no other keys
 *   [text], [{ Name: text }] an array of these: never null, and neither is an element
 *   required(shape)          must be there, and not null
 *   openObject               an object whose keys are free
 *
 * An empty string is no value of any scalar.
 */
type Shape = Scalar | readonly [Shape] | Fields | Required;
export interface Fields {
  readonly [key: string]: Shape;
}

/** Says how a scalar breaks its rule ("must be …"), or null if it does not. Never sees null. */
export type Scalar = (value: JsonValue) => string | null;

class Required {
  readonly shape: Shape;
  constructor(shape: Shape) {
    this.shape = shape;
  }
}

export const required = (shape: Shape): Required => new Required(shape);

/** What is wrong at a path of a message. */
export interface Violation {
  readonly path: string;
  /** `missing`, or the rule that is broken: "must be …". Holds no value of the message. */
  readonly rule: string;
}

export const missing = 'missing';

/** Looks at the value at `path` and adds what is wrong to `found`. */
export type Check = (value: JsonValue, path: string, found: Violation[]) => void;

/** Makes the check once, so that a message costs one walk over its values and none over the notation. */
export function compile(shape: Shape): Check {
  if (shape instanceof Required) return compile(shape.shape);
  if (shape === openObject) return compileOpenObject();
  if (typeof shape === 'function') return compileScalar(shape);
  if (isList(shape)) return compileList(shape);
  return compileFields(shape);
}

/** Marks an object whose keys are free. It is a scalar only by type; `compile` knows it by identity. */
export const openObject: Scalar = () => null;

function compileScalar(rule: Scalar): Check {
  return (value, path, found) => {
    if (value === null) return;
    const broken = value === '' ? 'must not be an empty string' : rule(value);
    if (broken !== null) found.push({ path, rule: broken });
  };
}

function compileOpenObject(): Check {
  return (value, path, found) => {
    if (!isObject(value)) found.push({ path, rule: 'must be an object' });
  };
}

function compileList([element]: readonly [Shape]): Check {
  const check = compile(element);
  return (value, path, found) => {
    if (!Array.isArray(value)) {
      found.push({ path, rule: 'must be an array' });
      return;
    }
    const elements: readonly JsonValue[] = value;
    for (const [index, item] of elements.entries()) {
      const itemPath = `${path}[${index}]`;
      if (item === null) found.push({ path: itemPath, rule: 'must not be null' });
      else check(item, itemPath, found);
    }
  };
}

function compileFields(fields: Fields): Check {
  const checks = new Map(Object.entries(fields).map(([key, shape]) => [key, compile(shape)]));
  const requiredKeys = new Set(Object.keys(fields).filter((key) => fields[key] instanceof Required));
  return (value, path, found) => {
    if (!isObject(value)) {
      found.push({ path, rule: 'must be an object' });
      return;
    }
    for (const key of requiredKeys) {
      if ((value[key] ?? null) === null) found.push({ path: join(path, key), rule: missing });
    }
    for (const key of Object.keys(value)) {
      const item = value[key] ?? null;
      const check = checks.get(key);
      if (check === undefined) found.push({ path: join(path, key), rule: 'is not a field of this message' });
      else if (item !== null || !requiredKeys.has(key)) check(item, join(path, key), found);
    }
  };
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

// Array.isArray does not narrow a readonly tuple.
const isList = (shape: Fields | readonly [Shape]): shape is readonly [Shape] => Array.isArray(shape);

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
