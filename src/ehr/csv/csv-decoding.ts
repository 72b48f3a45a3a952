/**
 * Converts other encodings to UTF-8, piece by piece. An invalid letter becomes a byte that UTF-8 excludes, so that it
 * is found as damage in its place.
 */
import { StringDecoder } from 'node:string_decoder';
import type { Utf16 } from './csv-encoding.ts';

type Chunks = AsyncIterable<Buffer>;

const noLetter = Buffer.from([0xff]);

/** Bytes 0x80 to 0x9f (https://encoding.spec.whatwg.org/index-windows-1252.txt); all others are those of Latin-1. */
const windowsSigns = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const controls = /[\u0080-\u009f]/g;
const undefinedSigns = /[\u0081\u008d\u008f\u0090\u009d]/;
/** Unpaired UTF-16 surrogates. */
const loneHalf = /\p{Surrogate}/u;

export async function* fromWindows1252(chunks: Chunks): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    const text = chunk.toString('latin1').replace(controls, (sign) => windowsSigns[sign.charCodeAt(0) - 0x80] ?? sign);
    yield utf8(text, undefinedSigns);
  }
}

export const fromUtf16 = (order: Utf16) =>
  async function* decode(chunks: Chunks): AsyncGenerator<Buffer> {
    const decoder = new StringDecoder('utf16le');
    let odd: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks) {
      const bytes = Buffer.concat([odd, chunk]);
      const even = bytes.length - (bytes.length % 2);
      odd = bytes.subarray(even);
      const units = bytes.subarray(0, even);
      yield utf8(decoder.write(order === 'utf-16be' ? units.swap16() : units), loneHalf);
    }
    yield utf8(decoder.end(), loneHalf);
    if (odd.length > 0) yield noLetter;
  };

/** Turns carriage returns into line feeds. */
export async function* withLineFeeds(chunks: Chunks): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    for (let index = bytes.indexOf(0x0d); index !== -1; index = bytes.indexOf(0x0d, index + 1)) bytes[index] = 0x0a;
    yield bytes;
  }
}

/** Reduces the carriage returns before a line feed to one; some programs add one to each. */
export async function* withSingleReturns(chunks: Chunks): AsyncGenerator<Buffer> {
  let pending = '';
  for await (const chunk of chunks) {
    const text = pending + chunk.toString('latin1');
    pending = /\r+$/.exec(text)?.[0] ?? '';
    yield Buffer.from(text.slice(0, text.length - pending.length).replaceAll(/\r+\n/g, '\r\n'), 'latin1');
  }
  yield Buffer.from(pending, 'latin1');
}

function utf8(text: string, gap: RegExp): Buffer {
  if (!gap.test(text)) return Buffer.from(text);
  const pieces = text.split(gap).flatMap((piece) => [noLetter, Buffer.from(piece)]);
  return Buffer.concat(pieces.slice(1));
}
