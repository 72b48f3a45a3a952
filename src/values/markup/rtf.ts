/**
 * Extracts the text of an RTF document (Rich Text Format 1.9.1); undefined if it is uncertain. It handles only the
 * control words listed here. It is our own, because every RTF reader on npm has been unmaintained for years.
 */
import { tidied } from './tidied.ts';

export const isRtf = (text: string): boolean => /^\s*\{\\rtf/.test(text);

/** Control words for single characters. */
const characters: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  page: '\n',
  sect: '\n',
  row: '\n',
  nestrow: '\n',
  column: '\n',
  softline: '\n',
  lbr: '\n',
  cell: ' ',
  nestcell: ' ',
  emspace: ' ',
  enspace: ' ',
  qmspace: ' ',
  tab: '\t',
  emdash: '\u2014',
  endash: '\u2013',
  bullet: '\u2022',
  lquote: '\u2018',
  rquote: '\u2019',
  ldblquote: '\u201c',
  rdblquote: '\u201d',
};

/** Groups without document text, in addition to those that begin with `\*`. */
const unreadGroups = new Set([
  ...['fonttbl', 'colortbl', 'stylesheet', 'info', 'listtable', 'listoverridetable', 'revtbl', 'rsidtbl', 'generator'],
  ...['themedata', 'datastore', 'latentstyles', 'filetbl', 'xmlnstbl'],
]);

/**
 * Control words after which the text differs from what a reader would see: struck out, hidden, raised, lowered,
 * deleted, a picture, a field.
 */
const uncertain = new Set([
  ...[
    'strike',
    'striked',
    'v',
    'deleted',
    'revised',
    'super',
    'sub',
    'up',
    'dn',
    'pict',
    'object',
    'field',
    'footnote',
  ],
  ...['header', 'footer', 'upr', 'bin', 'annotation', 'shp', 'nonshppict', 'mac', 'pc', 'pca'],
]);

/** A control word or symbol, a brace, or plain text. */
const token = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}]+)/gi;

interface Group {
  readonly isUnread: boolean;
  /** The number of fallback characters after each `\u`, for programs without Unicode. */
  readonly skippedAfterUnicode: number;
}

export const textOfRtf = (rtf: string): string | undefined => {
  const decoder = decoderOf(rtf);
  if (decoder === undefined) return undefined;
  let text = '';
  let toSkip = 0;
  let isCertain = true;
  let group: Group = { isUnread: false, skippedAfterUnicode: 1 };
  const outer: Group[] = [];
  const append = (chunk: string): void => {
    if (group.isUnread) return;
    text += chunk.slice(toSkip);
    toSkip = Math.max(0, toSkip - chunk.length);
  };
  for (const [, word, parameter, hex, symbol, brace, plain] of rtf.trim().matchAll(token)) {
    if (brace === '{') outer.push(group);
    else if (brace === '}') group = outer.pop() ?? group;
    else if (plain !== undefined) append(plain.replace(/[\r\n]+/g, ''));
    else if (hex !== undefined) append(decoder.decode(Uint8Array.of(Number.parseInt(hex, 16))));
    else if (symbol === '*') group = { ...group, isUnread: true };
    else if (symbol !== undefined) append(symbolOf(symbol));
    else if (word === 'uc') group = { ...group, skippedAfterUnicode: Number(parameter ?? 1) };
    else if (word === 'u' && parameter !== undefined) {
      append(String.fromCharCode((Number(parameter) + 0x10000) % 0x10000));
      toSkip = group.skippedAfterUnicode;
    } else if (word !== undefined && unreadGroups.has(word)) group = { ...group, isUnread: true };
    else if (word !== undefined && Object.hasOwn(characters, word)) append(characters[word] ?? '');
    else if (word !== undefined && !group.isUnread && uncertain.has(word) && parameter !== '0') isCertain = false;
  }
  return isCertain && outer.length === 0 ? tidied(text) : undefined;
};

const symbolOf = (symbol: string): string => {
  if ('\\{}'.includes(symbol)) return symbol;
  if (symbol === '~') return ' ';
  if (symbol === '_') return '-';
  // A backslash before a line end is a paragraph; the other symbols (an optional hyphen, index entries) are invisible.
  return symbol === '\r' || symbol === '\n' ? '\n' : '';
};

/** The document's code page; Windows-1252 by default. */
const decoderOf = (rtf: string): { decode: (bytes: Uint8Array) => string } | undefined => {
  const page = /\\ansicpg(\d+)/.exec(rtf)?.[1] ?? '1252';
  try {
    return new TextDecoder(`windows-${page}`);
  } catch {
    return undefined;
  }
};
