/**
 * What Redox says about a message may quote it. Before such a text is kept, everything in it becomes `***`, except
 *
 *   a path     names of fields joined by dots, `Patient.Identifiers[0].ID`; each of them only if it is no word of a name
 *   a word     of `error-words.ts`, or the name of a field, if it is no word of the message and inside none of its names
 *   a joint    `is`, `the`: if it is no word of a name, and stands beside a word that passes
 *   an index   of at most three digits, in a path
 *   a status   400 to 599, behind `HTTP`, `status` or `code`, or before its own reason: `502 Bad Gateway`
 *
 * and the punctuation between them. A name is any value of the message of at most three words; letters count without case and
 * accents, and read backwards too. No number passes that is in the message. Values that were split do not pass in pieces: several
 * words that make one of the message are covered, and so is a joint or a word of up to three letters beside something covered
 * where a name begins or ends with it.
 *
 * A spelling that nobody thought of is covered, because it is none of these.
 */
import type { JsonObject } from '../json.ts';
import { type Token, tokensOf } from './mask-tokens.ts';
import { messageWords } from './message-words.ts';

/** So much of a text is looked at, and so much of it kept. */
const readChars = 4_000;
const keptChars = 500;
/** Words that are looked at together: `be an` is Bean. */
const mostJoined = 4;
/** A longer piece of a name is covered wherever it stands. */
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

/** Several tokens in a row. */
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

/** The first or last letters of a name, beside the rest of it. What is covered may stand beside the next, so both ways are walked. */
function coverPieces(tokens: readonly Token[], passes: boolean[], atEdges: ReadonlySet<string>): void {
  const coverBeside = (at: number, covered: number): void => {
    const { kind, letters } = tokens[at] ?? { kind: 'other', letters: '' };
    const isPiece = (kind === 'joint' || letters.length <= shortLetters) && atEdges.has(letters);
    if (passes[covered] === false && isPiece) passes[at] = false;
  };
  for (let at = 1; at < tokens.length; at += 1) coverBeside(at, at - 1);
  for (let at = tokens.length - 2; at >= 0; at -= 1) coverBeside(at, at + 1);
}

/** A run of joints passes only beside a word: without one they are what is left of a sentence that was covered. */
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
 * What is covered in a row is one `***`, so that nobody can count its parts. A dash beside it goes with it: in Morse it is a T.
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
