/** Splits a text about a message into tokens, and classifies each. */
import { STATUS_CODES } from 'node:http';
import { errorWords, joints } from './error-words.ts';
import { fieldNames } from './field-names.ts';

/**
 *   path     the name of a field, beside another or an index: `Patient` in `Patient.Identifiers[0].ID`
 *   word     a word of errors, or the name of a field by itself
 *   joint    a word between words: `is`
 *   number   an index of a path, or a status of HTTP
 *   other    everything else; always masked
 */
type Kind = 'path' | 'word' | 'joint' | 'number' | 'other';

export interface Token {
  readonly text: string;
  /** The characters between it and the previous token. */
  readonly before: string;
  /** For comparison with the message's words: `grant_type` has two parts, and the letters `granttype`. */
  readonly parts: readonly string[];
  readonly letters: string;
  readonly kind: Kind;
}

/** Redox's own address and header appear unchanged in its errors. A dot, a dash or an apostrophe inside a word may be a part of it. */
const separators = new RegExp(
  `((?:${[
    String.raw`https://dashboard\.redoxengine\.com/?`,
    String.raw`(?<!\S)Redox-Source-Id(?!\S)`,
    String.raw`[\s"“”‘’()[\]{}<>|·…:]`,
    String.raw`(?<=[\p{L}\p{N}\]"'])\.(?![.-])`,
    String.raw`[,;!?](?![\p{L}\p{N}])`,
    "(?<![\\p{L}\\p{N}])['`]|['`](?![\\p{L}\\p{N}])",
    String.raw`(?<!\S)[-–—](?!\S)`,
  ].join('|')})+)`,
  'u',
);

/** `isCut`: the text is truncated, so its last word may be incomplete. */
export function tokensOf(text: string, isCut: boolean): { readonly tokens: readonly Token[]; readonly end: string } {
  const pieces = text.split(separators);
  const [end] = pieces.length % 2 === 1 && pieces.at(-1) === '' ? [pieces.at(-2) ?? ''] : [''];
  const read = pieces.flatMap((piece, index) =>
    index % 2 === 1 || piece === '' ? [] : [{ text: piece, before: pieces[index - 1] ?? '' }],
  );
  const isHalf = (at: number): boolean => isCut && end === '' && at === read.length - 1;
  const tokens = read.map((piece, at) => {
    const parts = piece.text.toLowerCase().match(/[a-z]+|\d+/g) ?? [];
    return { ...piece, parts, letters: parts.join(''), kind: isHalf(at) ? 'other' : kindOf(read, at) };
  });
  return { tokens, end };
}

type Piece = Pick<Token, 'text' | 'before'>;

function kindOf(pieces: readonly Piece[], at: number): Kind {
  const { text } = pieces[at] ?? { text: '' };
  if (/^\d+$/.test(text)) return isIndex(pieces, at) || isStatus(pieces, at) ? 'number' : 'other';
  if (fieldNames.has(text)) return isInPath(pieces, at) || isInPath(pieces, at + 1) ? 'path' : 'word';
  const word = /^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(text) ? text.toLowerCase() : text;
  if (joints.has(word)) return 'joint';
  return errorWords.has(word) ? 'word' : 'other';
}

const isName = (piece: Piece | undefined): boolean => piece !== undefined && fieldNames.has(piece.text);

const isIndex = (pieces: readonly Piece[], at: number): boolean =>
  pieces[at]?.before === '[' && /^\d{1,3}$/.test(pieces[at].text) && isName(pieces[at - 1]);

/** Whether the piece continues the previous one's path. */
function isInPath(pieces: readonly Piece[], at: number): boolean {
  if (isIndex(pieces, at)) return true;
  if (!isName(pieces[at])) return false;
  return pieces[at]?.before === '.' ? isName(pieces[at - 1]) : pieces[at]?.before === '].' && isIndex(pieces, at - 1);
}

/** `HTTP 400`, `status code 400`, `502 Bad Gateway`. */
function isStatus(pieces: readonly Piece[], at: number): boolean {
  const { text } = pieces[at] ?? { text: '' };
  if (!/^[45]\d\d$/.test(text)) return false;
  const reason = STATUS_CODES[text];
  const next = pieces.slice(at + 1, at + 1 + (reason?.split(' ').length ?? 0)).map((piece) => piece.text);
  return next.join(' ') === reason || /^(?:http|status|code)$/i.test(pieces[at - 1]?.text ?? '');
}
