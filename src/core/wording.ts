/** What our message is made of, as far as it occurs in the texts that may echo it: a message may be megabytes, an echo is short. */

import { type Echo, pieceLength, stretchesOf, type Wording } from './echo.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { folded, otherSpellings, plain, squeezed } from './spelling.ts';

export function wordingOf(message: JsonObject, echoes: readonly Echo[]): Wording {
  const gatherer = new Gatherer(echoes);
  const { Meta: meta, ...rest } = message;
  gatherer.gather(isObject(meta) ? { ...meta, DataModel: null, EventType: null } : (meta ?? null));
  gatherer.gather({ ...rest, Directory: null, Action: null });
  return gatherer.wording(namesIn(meta, rest));
}

/** The names that a message gives itself stand in the errors about it. */
const namesIn = (meta: JsonValue | undefined, { Directory, Action }: JsonObject): readonly string[] =>
  [...(isObject(meta) ? [meta['DataModel'], meta['EventType']] : []), Directory, Action]
    .filter((name) => typeof name === 'string')
    .flatMap((name) => [name, ...name.split(/(?<=[a-z])(?=[A-Z])/)])
    .map((name) => squeezed(folded(name)));

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const isShort = /^[a-z\d]{1,3}$/;
const date = /^\d{4}-\d{2}-\d{2}(?:$|[T ])/;

class Gatherer {
  readonly #stretches: ReadonlySet<string>;
  readonly #turnedStretches: ReadonlySet<string>;
  readonly #echoedWords: ReadonlySet<string>;
  readonly #longest: number;
  readonly #words = new Set<string>();
  readonly #values = new Set<string>();
  readonly #shortValues = new Set<string>();
  readonly #signs = new Set<string>();
  readonly #pieces = new Set<string>();
  readonly #fields = new Set<string>();

  constructor(echoes: readonly Echo[]) {
    this.#stretches = stretchesOf(echoes);
    this.#turnedStretches = new Set([...this.#stretches].map(turned));
    this.#echoedWords = new Set(
      echoes.flatMap(({ letters, words }) => words.map(([first, end]) => letters.slice(first, end))),
    );
    this.#longest = Math.max(...echoes.map(({ text }) => text.length));
  }

  gather(value: JsonValue): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#text(String(value));
    else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) this.gather(item);
    else if (isObject(value)) {
      for (const [field, item] of Object.entries(value)) {
        this.#fields.add(squeezed(folded(field)));
        this.gather(item);
      }
    }
  }

  wording(names: readonly string[]): Wording {
    const harmless = new Set([...harmlessWords, ...this.#fields, ...names]);
    return {
      words: new Set([...this.#words].filter((word) => !harmlessWords.has(word) && !this.#fields.has(word))),
      values: this.#values,
      shortValues: this.#shortValues,
      signs: this.#signs,
      pieces: this.#pieces,
      harmless,
    };
  }

  #text(text: string): void {
    for (const written of new Set([text, plain(text)])) {
      const trimmed = written.trim();
      const bare = folded(written);
      const value = squeezed(bare);
      if (value === '' && trimmed.length > 1 && trimmed.length <= this.#longest) this.#signs.add(trimmed);
      for (const spelling of [value, ...otherSpellings(trimmed)]) this.#value(spelling);
      this.#piecesOf(value);
      // The parts of a date are numbers like any other, and those of a UUID mean nothing.
      if (date.test(written) || uuid.test(written)) continue;
      for (const [word] of bare.matchAll(/\p{L}{2,}|\p{N}{2,}/gu))
        if (this.#echoedWords.has(word)) this.#words.add(word);
    }
  }

  #value(spelling: string): void {
    if (spelling === '' || spelling.length > this.#longest) return;
    if (this.#stretches.has(spelling.slice(0, pieceLength)))
      (isShort.test(spelling) ? this.#shortValues : this.#values).add(spelling);
    const backwards = turned(spelling);
    if (!isShort.test(spelling) && this.#stretches.has(backwards.slice(0, pieceLength))) this.#values.add(backwards);
  }

  #piecesOf(value: string): void {
    for (let at = 0; at + pieceLength <= value.length; at += 1) {
      const piece = value.slice(at, at + pieceLength);
      if (this.#stretches.has(piece)) this.#pieces.add(piece);
      if (this.#turnedStretches.has(piece)) this.#pieces.add(turned(piece));
    }
  }
}

const turned = (piece: string): string => piece.split('').reverse().join('');

/** Words of Redox's error messages and of HTTP, and the English between them. */
const harmlessWords: ReadonlySet<string> = new Set(
  (
    'a an and are as at be been by does for from has have in is it must no not of on or should that the this to was ' +
    'were with your ' +
    'access already array bad body boolean business chateau code contain contains data denied destination ' +
    'destinations document duplicate error errors event exist existing exists expected failed failure field fields ' +
    'forbidden format found gateway header http https id internal invalid json large length long many message meta ' +
    'missing model needs null number object or organization parse patient payload property received request requests ' +
    'required resource response returned schema server service source status string subscription subscriptions ' +
    'timeout token too type unauthorized unexpected unknown valid validation value values visit xml'
  ).split(' '),
);

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
