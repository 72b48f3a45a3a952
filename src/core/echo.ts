/**
 * A text in which our message may be echoed, made ready to be searched: its letters and digits, folded, and an index of all
 * their short stretches, so that whether something of a long message occurs in it is one look each.
 */

import { folded, squeezed } from './spelling.ts';

export interface Echo {
  readonly text: string;
  readonly letters: string;
  /** Where each of the letters stands in the text. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** First and end of every run of letters and every run of digits. */
  readonly words: readonly (readonly [number, number])[];
  readonly starts: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

/** What of our message is looked for. */
export interface Wording {
  readonly words: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly shortValues: ReadonlySet<string>;
  /** Values without a letter or digit: looked for as they stand. */
  readonly signs: ReadonlySet<string>;
  /** Stretches of `pieceLength`, as they stand in our message and backwards. */
  readonly pieces: ReadonlySet<string>;
  /** Words that say nothing about a patient. */
  readonly harmless: ReadonlySet<string>;
}

export const pieceLength = 5;

export function echoOf(text: string): Echo {
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
  return { text, letters, from, to, words, starts, ends };
}

/** Every stretch of up to `pieceLength` letters of the texts. */
export function stretchesOf(echoes: readonly Echo[]): ReadonlySet<string> {
  const stretches = new Set<string>();
  for (const { letters } of echoes) {
    for (let at = 0; at < letters.length; at += 1) {
      for (let length = 1; length <= pieceLength; length += 1) stretches.add(letters.slice(at, at + length));
    }
  }
  return stretches;
}

/** 1 where something of our message stands in the text. */
export function covered(echo: Echo, wording: Wording): Uint8Array {
  const { text, letters, words, from, starts, ends } = echo;
  const marks = new Uint8Array(text.length);
  coverSigns(text, marks, wording.signs);
  for (const [first, end] of words) {
    if (wording.words.has(letters.slice(first, end))) cover(echo, marks, first, end);
  }
  coverValues(echo, marks, wording.values, () => true);
  coverPieces(echo, marks, wording);
  // What stands beside something covered stands alone: the state in "MadisonWI53703".
  const opens = (at: number): boolean => starts.has(at) || marks[from[at - 1] ?? 0] === 1;
  const closes = (end: number): boolean => ends.has(end) || marks[from[end] ?? 0] === 1;
  coverValues(echo, marks, wording.shortValues, (at, end) => opens(at) && closes(end));
  return marks;
}

function cover({ from, to }: Echo, marks: Uint8Array, first: number, end: number): void {
  marks.fill(1, from[first], to[end - 1]);
}

function coverValues(
  echo: Echo,
  marks: Uint8Array,
  values: ReadonlySet<string>,
  counts: (at: number, end: number) => boolean,
): void {
  for (const value of values) {
    for (let at = echo.letters.indexOf(value); at >= 0; at = echo.letters.indexOf(value, at + 1)) {
      if (counts(at, at + value.length)) cover(echo, marks, at, at + value.length);
    }
  }
}

function coverPieces(echo: Echo, marks: Uint8Array, { pieces, harmless }: Wording): void {
  const { letters, words, from, to } = echo;
  const isHarmless = new Uint8Array(letters.length);
  for (const [first, end] of words) if (harmless.has(letters.slice(first, end))) isHarmless.fill(1, first, end);
  for (let at = 0; at + pieceLength <= letters.length; at += 1) {
    if (!pieces.has(letters.slice(at, at + pieceLength))) continue;
    // Letters on both sides of a blank are the end of one word and the beginning of another, and those are looked for whole.
    const last = at + pieceLength - 1;
    if (
      letters
        .slice(at, last)
        .split('')
        .some((_, step) => (to[at + step] ?? 0) < (from[at + step + 1] ?? 0))
    )
      continue;
    for (let one = at; one <= last; one += 1) {
      if (isHarmless[one] !== 1) cover(echo, marks, one, one + 1);
    }
  }
}

function coverSigns(text: string, marks: Uint8Array, signs: ReadonlySet<string>): void {
  for (const sign of signs) {
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) marks.fill(1, at, at + sign.length);
  }
}
