import { closeSync, openSync, readSync } from 'node:fs';

/** The text, or the trouble in words that complete "the file …". */
type TextFile = { readonly text: string } | { readonly text: null; readonly trouble: string };

/** No setting and no file of settings is longer; /dev/zero has no end. */
const mostBytes = 1024 * 1024;

/** Reads a small file of UTF-8, without the byte order mark that some editors write. */
export function readTextFile(path: string): TextFile {
  try {
    const bytes = firstBytes(path);
    if (bytes.length > mostBytes) return { text: null, trouble: 'is larger than 1 MiB' };
    if (isUtf16(bytes)) {
      return { text: null, trouble: 'is UTF-16; save it as UTF-8 (Notepad: Save as, Encoding UTF-8)' };
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return { text: null, trouble: isText ? `cannot be read (${code})` : 'is not UTF-8; save it as UTF-8' };
  }
}

/** The value that a file holds, without the line break at its end. */
export function readValueFile(path: string): TextFile {
  const file = readTextFile(path);
  if (file.text === null) return file;
  const text = file.text.replace(/[\r\n]+$/, '');
  return text === '' ? { text: null, trouble: 'is empty' } : { text };
}

/** All of them, or one more than may be. A pipe gives them in pieces. */
function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** By its mark, or by the zeros that stand beside every letter of a name. */
const isUtf16 = (bytes: Buffer): boolean =>
  /^(?:fffe|feff)/.test(bytes.subarray(0, 2).toString('hex')) || bytes.includes(0);
