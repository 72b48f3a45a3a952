/** Whether what Redox answered holds what a message says. It may hold more, and it may write absence in its own way. */
import { isObject, type JsonValue } from '../../json.ts';

/** How two texts are compared: Redox compares identifiers exactly and other texts without case. */
export type Texts = 'exact' | 'loose';

export function holds(held: JsonValue | undefined, sent: JsonValue, texts: Texts): boolean {
  if (Array.isArray(sent)) {
    const items: readonly JsonValue[] = Array.isArray(held) ? held : [held ?? null];
    return sent.every((one: JsonValue) => items.some((item) => holds(item, one, texts)));
  }
  if (isObject(sent)) {
    return isObject(held) && Object.entries(sent).every(([key, value]) => holds(held[key], value, texts));
  }
  if (sent === null || typeof sent === 'object') return true;
  if (held === undefined || held === null || typeof held === 'object') return false;
  return sameText(String(held), String(sent), texts);
}

/** `null`, an empty text, and lists and objects of such. Recorded answers have `EmailAddresses: [null]`. */
export function isAbsent(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (typeof value !== 'object') return false;
  return Object.values(value).every((part: JsonValue) => isAbsent(part));
}

function sameText(held: string, sent: string, texts: Texts): boolean {
  if (held === sent) return true;
  if (texts === 'exact') return false;
  return plain(held) === plain(sent) || (instantOf(held) !== null && instantOf(held) === instantOf(sent));
}

const plain = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** The moment of an ISO 8601 date-time in milliseconds, with or without fractions; null for any other text. */
export function instantOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
