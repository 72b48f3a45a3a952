/** Reads the lines of an NDJSON file as they stream, unpacked where it is gzip: memory holds a chunk and the current line. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A line that is not blank, without its line end and the byte-order mark. */
export interface NdjsonLine {
  /** Counted from 1, as an editor does. */
  readonly number: number;
  /** Null: the line is longer than the limit. */
  readonly bytes: Buffer | null;
  /** False for a last line without a line end, which may be cut off. */
  readonly isEnded: boolean;
}

/** No resource is this long: the attachments of a document are limited to a fraction of it. */
const usualLimit = 64 * 1024 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from('\ufeff');
/** Small: a larger chunk outlives two young collections, and then waits outside the heap for a full one. */
const chunkBytes = 16 * 1024;

/** The lines of each chunk together. Throws what the file system or zlib throws. */
export async function* ndjsonLines(path: string, mostBytes = usualLimit): AsyncGenerator<readonly NdjsonLine[]> {
  const splitter = new LineSplitter(mostBytes);
  for await (const chunk of await openStream(path)) {
    const lines = splitter.take(chunk as Buffer);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.rest();
  if (last !== null) yield [last];
}

async function openStream(path: string): Promise<Readable> {
  const stream = createReadStream(path, { highWaterMark: chunkBytes });
  if (!(await isPacked(path))) return stream;
  const unpacked = createGunzip({ chunkSize: chunkBytes });
  // An error of either stream ends the loop over the other.
  pipeline(stream, unpacked, () => undefined);
  return unpacked;
}

/** Two magic bytes tell: exporters give packed files any name. */
async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

class LineSplitter {
  readonly #mostBytes: number;
  /** The pieces of the current line. */
  #pieces: Buffer[] = [];
  #size = 0;
  #number = 1;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  take(chunk: Buffer): NdjsonLine[] {
    const lines: NdjsonLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#add(chunk.subarray(start, end));
      const line = this.#line(true);
      if (line !== null) lines.push(line);
      this.#number += 1;
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
    return lines;
  }

  /** What follows the last line end; null if that is blank. */
  rest(): NdjsonLine | null {
    return this.#line(false);
  }

  #add(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > this.#mostBytes) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  #line(isEnded: boolean): NdjsonLine | null {
    const [number, size, pieces] = [this.#number, this.#size, this.#pieces];
    this.#pieces = [];
    this.#size = 0;
    if (size > this.#mostBytes) return { number, bytes: null, isEnded };
    const [only] = pieces;
    const bytes = trimmed(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces), number === 1);
    return bytes.length === 0 ? null : { number, bytes, isEnded };
  }
}

/** Blanks, tabs and the carriage return before a line end. */
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === carriageReturn;

function trimmed(line: Buffer, isFirst: boolean): Buffer {
  let start = isFirst && line.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  let end = line.length;
  while (end > start && isBlank(line[end - 1])) end -= 1;
  while (start < end && isBlank(line[start])) start += 1;
  return line.subarray(start, end);
}
