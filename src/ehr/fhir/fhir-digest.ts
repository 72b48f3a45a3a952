import { hash } from 'node:crypto';
import { isObject, type JsonValue } from '../../json.ts';

/** 64 bits, signed as Postgres has them; the same for the same resource in another order of its elements. */
export const digestOf = (resource: JsonValue): string =>
  BigInt.asIntN(64, BigInt(`0x${hash('sha256', ordered(resource), 'hex').slice(0, 16)}`)).toString();

/** JSON with the elements of each object by name. */
function ordered(value: JsonValue): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(ordered).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const elements = Object.keys(value).sort();
  return `{${elements.map((name) => `${JSON.stringify(name)}:${ordered(value[name] ?? null)}`).join()}}`;
}
