import { hash } from 'node:crypto';
import { isObject, type JsonValue } from '../../json.ts';

/** 64 bits, signed as Postgres has them; the same for the same resource in another order of its elements. */
export const digestOf = (resource: JsonValue): string =>
  BigInt.asIntN(64, BigInt(`0x${hash('sha256', ordered(resource), 'hex').slice(0, 16)}`)).toString();

/** A text that only this value has, with the elements of each object by name; each text and name has its length before it. */
function ordered(value: JsonValue): string {
  if (typeof value === 'string') return `"${value.length}:${value}`;
  if (Array.isArray(value)) {
    let items = '[';
    for (const item of value as readonly JsonValue[]) items += ordered(item);
    return `${items}]`;
  }
  if (!isObject(value)) return `#${JSON.stringify(value)},`;
  let elements = '{';
  for (const name of Object.keys(value).sort()) elements += `${name.length}:${name}${ordered(value[name] ?? null)}`;
  return `${elements}}`;
}
