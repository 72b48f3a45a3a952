import { isObject, type JsonValue } from '../../../json.ts';
import { forms } from '../../../redox/schema/forms.ts';
import { type Fields, isList, type Kind, OneOf, Required, type Shape } from '../../../redox/schema/notation.ts';
import { words } from '../../../redox/schema/words.ts';

/**
 * Checks a message against Redox's documented fields. A null scalar counts as absent. Objects and arrays may be empty; null is a
 * violation for them, for elements, and so is an empty string for a scalar.
 */

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
  if (shape === 'object') return compileOpenObject();
  if (shape instanceof OneOf) return compileScalar(ruleOfMembers(shape));
  if (typeof shape === 'string') return compileScalar(ruleOfKind(shape));
  return isList(shape) ? compileList(shape[0]) : compileFields(shape);
}

/** What a value that is not null must be, and whether it is. */
interface Rule {
  readonly means: string;
  readonly holds: (value: JsonValue) => boolean;
}

const ruleOfMembers = ({ members }: OneOf): Rule => ({
  means: `one of ${members.join(', ')}`,
  holds: (value) => typeof value === 'string' && members.includes(value),
});

const simpleRules = {
  text: { means: 'a string', holds: (value) => typeof value === 'string' },
  boolean: { means: 'true or false', holds: (value) => typeof value === 'boolean' },
  number: { means: 'a number', holds: (value) => typeof value === 'number' },
} as const satisfies Readonly<Record<string, Rule>>;

const textRules = { ...forms, ...words };

function ruleOfKind(kind: Exclude<Kind, 'object'>): Rule {
  if (kind === 'text' || kind === 'boolean' || kind === 'number') return simpleRules[kind];
  const { means, holds } = textRules[kind];
  return { means, holds: (value) => typeof value === 'string' && holds(value) };
}

function compileScalar({ means, holds }: Rule): Check {
  return (value, path, found) => {
    if (value === null || (value !== '' && holds(value))) return;
    found.push({ path, rule: value === '' ? 'must not be an empty string' : `must be ${means}` });
  };
}

function compileOpenObject(): Check {
  return (value, path, found) => {
    if (!isObject(value)) found.push({ path, rule: 'must be an object' });
  };
}

function compileList(element: Shape): Check {
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
