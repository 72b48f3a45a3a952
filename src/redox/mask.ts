/**
 * Redox's texts may quote the message. Before such a text is stored, everything in it becomes `***`, except
 *
 *   a path     field names joined by dots, `Patient.Identifiers[0].ID`, each only if absent from the words of names
 *   a word     of `error-words.ts`, or a field name, if absent from the message's words and from the inside of its names
 *   a joint    `is`, `the`: if absent from the words of names, and beside a word that passes
 *   an index   of at most three digits, in a path
 *   a status   400 to 599, behind `HTTP`, `status` or `code`, or before its own reason: `502 Bad Gateway`
 *
 * and the punctuation between them. A name is any value of the message of at most three words; comparison ignores case and accents, and
 * includes the reversed spelling. Numbers of the message are always masked. Split values are masked too: several words that join to
 * one of the message, and a joint or a word of up to three letters beside a masked word, if a name begins or ends with it.
 *
 * This is a list of what is allowed, so unforeseen spellings are masked.
 */
import type { JsonObject } from '../json.ts';
import { type Token, tokensOf } from './mask-tokens.ts';
import { messageWords } from './message-words.ts';

/** The characters of a text that are read, and stored. */
const readChars = 4_000;
const keptChars = 500;
/** The most words compared as one: `be an` is Bean. */
const mostJoined = 4;
/** Longer pieces of a name are masked everywhere. */
const shortLetters = 3;

export function maskText(text: string, message: JsonObject): string {
  const read = text
    .slice(0, readChars)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[\p{Cc}\s]+/gu, ' ');
  const { tokens, end } = tokensOf(read, text.length > readChars);
  const spans = spansOf(tokens);
  const { inNames, anywhere, atEdges } = messageWords(message, wordsOf(tokens, spans));

  const passes = tokens.map(({ kind, parts }) => {
    const forbidden = kind === 'path' || kind === 'joint' ? inNames : anywhere;
    return kind !== 'other' && !parts.some((part) => forbidden.has(part));
  });
  for (const { letters, from, to } of spans) if (anywhere.has(letters)) passes.fill(false, from, to);
  coverPieces(tokens, passes, atEdges);
  coverLooseJoints(tokens, passes);
  return rendered(tokens, passes, end).trim().slice(0, keptChars);
}

interface Span {
  readonly letters: string;
  readonly from: number;
  readonly to: number;
}

function spansOf(tokens: readonly Token[]): Span[] {
  const ends = Array.from({ length: mostJoined - 1 }, (_, more) => more + 2);
  return tokens.flatMap((_, from) =>
    ends.map((length) => {
      const span = tokens.slice(from, from + length);
      return { letters: span.map(({ letters }) => letters).join(''), from, to: from + span.length };
    }),
  );
}

const wordsOf = (tokens: readonly Token[], spans: readonly Span[]): ReadonlySet<string> =>
  new Set(
    [...tokens.flatMap(({ parts }) => parts), ...spans.map(({ letters }) => letters)].filter((word) => word !== ''),
  );

/** Masks the first or last letters of a name beside the rest of it. Walks both ways, because a masked piece may mask the next. */
function coverPieces(tokens: readonly Token[], passes: boolean[], atEdges: ReadonlySet<string>): void {
  const coverBeside = (at: number, covered: number): void => {
    const { kind, letters } = tokens[at] ?? { kind: 'other', letters: '' };
    const isPiece = (kind === 'joint' || letters.length <= shortLetters) && atEdges.has(letters);
    if (passes[covered] === false && isPiece) passes[at] = false;
  };
  for (let at = 1; at < tokens.length; at += 1) coverBeside(at, at - 1);
  for (let at = tokens.length - 2; at >= 0; at -= 1) coverBeside(at, at + 1);
}

/** A run of joints passes only beside a word: alone they are the rest of a masked sentence. */
function coverLooseJoints(tokens: readonly Token[], passes: boolean[]): void {
  const isJoint = (at: number): boolean => passes[at] === true && tokens[at]?.kind === 'joint';
  for (let from = 0; from < tokens.length; from += 1) {
    let to = from;
    while (isJoint(to)) to += 1;
    if (to > from && passes[from - 1] !== true && passes[to] !== true) passes.fill(false, from, to);
    from = to;
  }
}

/**
 * Adjacent masked tokens become one `***`, which hides their number. A dash beside them is removed: in Morse it is a T.
 */
function rendered(tokens: readonly Token[], passes: readonly boolean[], end: string): string {
  let shown = '';
  for (const [at, { text, before }] of tokens.entries()) {
    const [isShown, wasShown] = [passes[at] === true, at === 0 || passes[at - 1] === true];
    const between = isShown && wasShown ? before : before.replaceAll(/ [-–—](?= )/g, '');
    if (isShown) shown += between + text;
    else if (wasShown) shown += `${between}***`;
  }
  return shown + end;
}
