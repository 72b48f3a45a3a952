import { replacement } from './markup/xml-text.ts';

/**
 * Replaces bytes of an extract that could not be read: bytes in another encoding, or zero bytes. It is a Unicode
 * noncharacter, reserved for internal use, so it cannot occur in an extract. The mark passes through the site's own SQL
 * into exactly the damaged columns of the contract.
 */
export const damageMark = '\u{FDD0}';

export const isDamaged = (text: string): boolean => text.includes(damageMark);

/** What a text of a source is stored as, and why it is damaged; null where it is not. */
export interface MarkedText {
  readonly text: string;
  readonly problem: 'zero_byte' | 'not_utf8' | null;
}

/** Half of a surrogate pair alone: UTF-8 has no form of it. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * A text with a zero byte, or with what is no Unicode text, becomes the damage mark, and the rest of it is discarded. A mark in the text
 * itself becomes U+FFFD.
 */
export function markedText(text: string): MarkedText {
  if (text.includes('\0')) return { text: damageMark, problem: 'zero_byte' };
  if (loneSurrogate.test(text)) return { text: damageMark, problem: 'not_utf8' };
  return { text: text.replaceAll(damageMark, replacement), problem: null };
}

/** Postgres stores neither in a text. */
const unstorable = /\0|\p{Surrogate}/gu;

/** A noncharacter that XML forbids: a row with it in an id is `invalid`. */
const noncharacter = '\u{FFFE}';

/** An id as it is stored: what Postgres cannot store becomes a character that no id may have. */
export const markedId = (id: string): MarkedText => ({
  text: id.replaceAll(unstorable, noncharacter),
  problem: markedText(id).problem,
});
