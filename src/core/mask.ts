/**
 * What Redox says about a message may quote it. Before such a text is kept, everything in it that stands in our message
 * is covered, whatever its spelling.
 *
 *   value    a whole string or number of the message: covered wherever its letters and digits occur in this order, whatever
 *            stands between them; up to three ASCII characters only as a word of its own, or "en" would blot out "Patient"
 *   word     a part of such a string, as a word of its own; not the few words of which error messages are made, nor names
 *            of fields: they say nothing about a patient, and without them the text says nothing at all
 *
 *   packed   a run of letters that is base64 or hexadecimal of a text in which something would be covered: covered as a whole
 *
 * Only `Meta.DataModel` and `Meta.EventType` are not covered, nor of an Organization message `Directory` and `Action`, which
 * say no more. That too much is covered does no harm.
 */

import type { JsonObject, JsonValue } from './json.ts';
import { folded, otherSpellings, plain, squeezed } from './spelling.ts';

/** So much of a text is looked at, and so much of it kept. */
const readChars = 4_000;
const keptChars = 500;

export function maskText(text: string, message: JsonObject): string {
  const readable = readableHead(text);
  const wording = wordingOf(message);
  const covered = coverOf(readable, wording);
  for (const { 0: run, index } of readable.matchAll(/[\w+/-]{8,}={0,2}/g)) {
    if (unpacked(run).some((inner) => coverOf(inner, wording).includes(1))) covered.fill(1, index, index + run.length);
  }
  return rendered(readable, covered).trim().slice(0, keptChars);
}

/** 1 where something of our message stands. */
function coverOf(readable: string, { words, values, shortValues, signs }: Wording): Uint8Array {
  const covered = new Uint8Array(readable.length);
  coverSigns(readable, covered, signs);

  const found = lettersOf(readable);
  for (const [first, end] of found.words) {
    if (words.has(found.letters.slice(first, end))) cover(found, covered, first, end);
  }
  coverValues(found, covered, values, () => true);
  // What stands beside something covered stands alone: the state in "MadisonWI53703".
  const opens = (at: number): boolean => found.starts.has(at) || covered[found.from[at - 1] ?? 0] === 1;
  const closes = (end: number): boolean => found.ends.has(end) || covered[found.from[end] ?? 0] === 1;
  coverValues(found, covered, shortValues, (at, end) => opens(at) && closes(end));
  return covered;
}

/** The texts that a run of letters may be the base64 or hexadecimal of; where it was cut off, its last letter may be half. */
function unpacked(run: string): string[] {
  const packed = [Buffer.from(run, 'base64'), ...(/^(?:[\da-f]{2})+$/i.test(run) ? [Buffer.from(run, 'hex')] : [])];
  return packed
    .map((bytes) => bytes.toString('utf8').replace(/\ufffd$/, ''))
    .filter((text) => /^(?:[^\p{C}\ufffd]|\s)+$/u.test(text));
}

function cover({ from, to }: Letters, covered: Uint8Array, first: number, end: number): void {
  covered.fill(1, from[first], to[end - 1]);
}

function coverValues(
  found: Letters,
  covered: Uint8Array,
  values: ReadonlySet<string>,
  counts: (at: number, end: number) => boolean,
): void {
  for (const value of values) {
    for (let at = found.letters.indexOf(value); at >= 0; at = found.letters.indexOf(value, at + 1)) {
      if (counts(at, at + value.length)) cover(found, covered, at, at + value.length);
    }
  }
}

function coverSigns(text: string, covered: Uint8Array, signs: ReadonlySet<string>): void {
  for (const sign of signs) {
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) covered.fill(1, at, at + sign.length);
  }
}

/** Cut where a value ends: half a word, half a date or half an escape would not be recognised. */
function readableHead(text: string): string {
  const head = plain(text.slice(0, 2 * readChars));
  const isWhole = text.length <= 2 * readChars && head.length <= readChars;
  return isWhole ? head : head.slice(0, readChars).replace(/[^\s",;<>]+$/, '');
}

function rendered(text: string, covered: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    if (covered[at] !== 1) shown += text[at] ?? '';
    else if (covered[at - 1] !== 1) shown += '***';
  }
  return shown;
}

/** The letters and digits of a text, folded, and where each stands in it. */
interface Letters {
  readonly letters: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** First and end of every run of letters and every run of digits. */
  readonly words: readonly (readonly [number, number])[];
  readonly starts: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

function lettersOf(text: string): Letters {
  let letters = '';
  const from: number[] = [];
  const to: number[] = [];
  const words: [number, number][] = [];

  // A letter with its accents written apart is one letter, so words are taken with their marks.
  for (const run of text.matchAll(/(?:\p{L}\p{M}*)+|\p{N}+/gu)) {
    const first = letters.length;
    for (const letter of run[0].matchAll(/.\p{M}*/gsu)) {
      const at = run.index + letter.index;
      for (const unit of squeezed(folded(letter[0])).split('')) {
        letters += unit;
        from.push(at);
        to.push(at + letter[0].length);
      }
    }
    if (letters.length > first) words.push([first, letters.length]);
  }
  const starts = new Set(words.map(([first]) => first));
  const ends = new Set(words.map(([, end]) => end));
  return { letters, from, to, words, starts, ends };
}

/** What our message is made of, as it is looked for. */
interface Wording {
  readonly words: Set<string>;
  readonly values: Set<string>;
  readonly shortValues: Set<string>;
  /** Values without a letter or digit: looked for as they stand. */
  readonly signs: Set<string>;
}

function wordingOf(message: JsonObject): Wording {
  const wording: Wording = { words: new Set(), values: new Set(), shortValues: new Set(), signs: new Set() };
  const fields = new Set<string>();
  const { Meta: meta, ...rest } = message;
  gather(isObject(meta) ? { ...meta, DataModel: null, EventType: null } : (meta ?? null), wording, fields);
  gather({ ...rest, Directory: null, Action: null }, wording, fields);
  for (const word of [...harmless, ...fields]) wording.words.delete(word);
  return wording;
}

function gather(value: JsonValue, wording: Wording, fields: Set<string>): void {
  if (typeof value === 'string') gatherText(value, wording);
  else if (typeof value === 'number') gatherText(String(value), wording);
  else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) gather(item, wording, fields);
  else if (isObject(value)) {
    for (const [field, item] of Object.entries(value)) {
      fields.add(squeezed(folded(field)));
      gather(item, wording, fields);
    }
  }
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const isShort = /^[a-z\d]{1,3}$/;
const date = /^\d{4}-\d{2}-\d{2}(?:$|[T ])/;

function gatherText(text: string, { words, values, shortValues, signs }: Wording): void {
  for (const written of new Set([text, plain(text)])) {
    const bare = folded(written);
    const value = squeezed(bare);
    if (value === '' && written.trim().length > 1) signs.add(written.trim());
    for (const spelling of [value, ...otherSpellings(written.trim())]) {
      if (spelling !== '') (isShort.test(spelling) ? shortValues : values).add(spelling);
    }
    // The parts of a date are numbers like any other, and those of a UUID mean nothing.
    if (date.test(written) || uuid.test(written)) continue;
    for (const [word] of bare.matchAll(/\p{L}{2,}|\p{N}{2,}/gu)) words.add(word);
  }
}

/** Words of Redox's error messages and of HTTP, and the English between them. */
const harmless: readonly string[] = (
  'a an and are as at be been by does for from has have in is it must no not of on or should that the this to was ' +
  'were with your ' +
  'access already array bad body boolean business chateau code contain contains data denied destination ' +
  'destinations document duplicate error errors event exist existing exists expected failed failure field fields ' +
  'forbidden format found gateway header http https id internal invalid json large length long many message meta ' +
  'missing model needs null number object or organization parse patient payload property received request requests ' +
  'required resource response returned schema server service source status string subscription subscriptions ' +
  'timeout token too type unauthorized unexpected unknown valid validation value values visit xml'
).split(' ');

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
