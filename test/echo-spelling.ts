import { gzipSync } from 'node:zlib';
import type { Spell } from '../src/sandbox/redox/fault/fault.ts';

/** The spellings in which receivers repeat parts of a message. */
const spellings = {
  plain: (text) => text,
  upper: (text) => text.toUpperCase(),
  reversed: (text) => Array.from(text).reverse().join(''),
  cut: (text) => text.slice(0, Math.ceil(text.length * 0.7)),
  spaced: (text) => Array.from(text).join(' '),
  dotted: (text) => Array.from(text).join('.'),
  soft_hyphens: (text) => Array.from(text).join('\u00ad'),
  zero_width: (text) => Array.from(text).join('\u200b'),
  fullwidth: (text) => text.replaceAll(/[!-~]/g, (sign) => shifted(sign, 0xfee0)),
  bold: (text) =>
    text
      .replaceAll(/[A-Z]/g, (letter) => shifted(letter, 0x1d400 - 0x41))
      .replaceAll(/[a-z]/g, (letter) => shifted(letter, 0x1d41a - 0x61)),
  lookalike: (text) => translated(text, 'aceopxyABEHKMOPTX', 'асеорхуАВЕНКМОРТХ'),
  leet: (text) => translated(text, 'aeiostAEIOST', '431057431057'),
  rot13: (text) => text.replaceAll(/[a-z]/gi, (letter) => shifted(letter, letter.toLowerCase() < 'n' ? 13 : -13)),
  base64: (text) => bytes(text).toString('base64'),
  base64_of_gzip: (text) => gzipSync(text).toString('base64'),
  base64_of_utf16: (text) => Buffer.from(text, 'utf16le').toString('base64'),
  hex: (text) => bytes(text).toString('hex'),
  hex_dump: (text) => each(text, (byte) => byte.toString(16).padStart(2, '0')).join(' '),
  binary: (text) => each(text, (byte) => byte.toString(2).padStart(8, '0')).join(' '),
  bytes: (text) => `[${each(text, String).join(', ')}]`,
  octal: (text) => each(text, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  html: (text) => `<b>${text.replaceAll(/[^\w ]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</b>`,
  html_whole: (text) => Array.from(text, (sign) => `&#x${(sign.codePointAt(0) ?? 0).toString(16)};`).join(''),
  url: (text) => encodeURIComponent(text.toWellFormed()),
  url_whole: (text) => each(text, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  quoted_printable: (text) => each(text, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  json: (text) => text.replaceAll(/[^ -~]/g, escaped),
  json_whole: (text) => text.replaceAll(/[^]/g, escaped),
  misread: (text) => bytes(text).toString('latin1'),
  punycode: (text) => (URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : `xn--${text}`),
  morse: (text) => Array.from(text.toUpperCase(), (letter) => morse[letter] ?? letter).join(' '),
} as const satisfies Record<string, Spell>;

type EchoSpelling = keyof typeof spellings;

export const echoSpellings = Object.keys(spellings) as readonly EchoSpelling[];

export const spelled = (text: string, spelling: EchoSpelling): string => spellings[spelling](text);

const bytes = (text: string): Buffer => Buffer.from(text);

const each = (text: string, write: (byte: number) => string): string[] =>
  Array.from(bytes(text), (byte) => write(byte));

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const shifted = (letter: string, by: number): string => String.fromCodePoint((letter.codePointAt(0) ?? 0) + by);

const translated = (text: string, from: string, to: string): string =>
  Array.from(text, (letter) => (from.includes(letter) ? (to[from.indexOf(letter)] ?? letter) : letter)).join('');

const morse: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'A.- B-... C-.-. D-.. E. F..-. G--. H.... I.. J.--- K-.- L.-.. M-- N-. O--- P.--. Q--.- R.-. S... T- U..- V...- W.-- X-..- ' +
    'Y-.-- Z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----.'
  )
    .split(' ')
    .map((sign) => [sign.slice(0, 1), sign.slice(1)]),
);
