import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';

/** The text, or the trouble in words that complete "the file …". */
type TextFile = { readonly text: string } | { readonly text: null; readonly trouble: string };

/** Longer than any setting and file of settings; /dev/zero has no end. */
const mostBytes = 1024 * 1024;
/** How long a pipe may stand without a byte. */
const usualPatienceMs = 10_000;
/** How long the process sleeps until it looks at a pipe again. */
const pipePauseMs = 20;

/** Reads a small file of UTF-8, without the byte order mark that some editors write. */
export function readTextFile(path: string, patienceMs = usualPatienceMs): TextFile {
  try {
    const bytes = statSync(path).isFIFO() ? pipedBytes(path, patienceMs) : firstBytes(path);
    if (bytes === null) return { text: null, trouble: 'is a pipe, and nothing came through it for ten seconds' };
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
export function readValueFile(path: string, patienceMs = usualPatienceMs): TextFile {
  const file = readTextFile(path, patienceMs);
  if (file.text === null) return file;
  const text = file.text.replace(/[\r\n]+$/, '');
  return text === '' ? { text: null, trouble: 'is empty' } : { text };
}

/** All of them, or one more than may be. A device gives them in pieces. */
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

/** As `firstBytes`; null if the pipe has no writer, or one that is silent. To open it as a file would wait for a writer without end. */
function pipedBytes(path: string, patienceMs: number): Buffer | null {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let silentMs = 0; silentMs < patienceMs; silentMs += pipePauseMs) {
      const read = readPiped(file, bytes.subarray(length));
      length += read ?? 0;
      if (length === bytes.length || (read === 0 && length > 0)) return bytes.subarray(0, length);
      if (read !== null && read > 0) silentMs = 0;
      else sleep(pipePauseMs);
    }
    return null;
  } finally {
    closeSync(file);
  }
}

/** The number of bytes: 0 while there is no writer, null while a writer has none. */
function readPiped(file: number, into: Buffer): number | null {
  try {
    return readSync(file, into, 0, into.length, null);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null;
    throw error;
  }
}

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

/** By its mark, or by the zeros that stand beside every letter of a name. */
const isUtf16 = (bytes: Buffer): boolean =>
  /^(?:fffe|feff)/.test(bytes.subarray(0, 2).toString('hex')) || bytes.includes(0);
