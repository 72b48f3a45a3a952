import type { FileHandle } from 'node:fs/promises';

const newline = 0x0a;
const carriageReturn = 0x0d;
export const chunkBytes = 64 * 1024;

/** The bytes of a file from an offset. Each chunk is a new buffer that the caller may keep. */
export async function* chunksFrom(file: FileHandle, offset: number, size = chunkBytes): AsyncGenerator<Buffer> {
  for (let position = offset; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** Start of the line at or after the offset; line ends at the offset itself belong to blank lines. */
async function startOfLine(file: FileHandle, offset: number): Promise<number> {
  let position = offset;
  for await (const chunk of chunksFrom(file, offset, 1024)) {
    const index = chunk.findIndex((byte) => byte !== newline && byte !== carriageReturn);
    if (index !== -1) return position + index;
    position += chunk.length;
  }
  return position;
}

/** Start of the next line, or the end of the file. */
export async function nextLine(file: FileHandle, offset: number): Promise<number> {
  let position = await startOfLine(file, offset);
  for await (const chunk of chunksFrom(file, position)) {
    const index = chunk.indexOf(newline);
    if (index !== -1) return position + index + 1;
    position += chunk.length;
  }
  return position;
}

/**
 * Converts offsets to line numbers as an editor counts them, including newlines within quotes. It reads the file again
 * up to the offset, once in total if the offsets ascend; only a file with faults needs this.
 */
export class LineCounter {
  readonly #file: FileHandle;
  #offset = 0;
  #line = 1;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The number, from 1, of the line at or after the offset. */
  async lineAt(offset: number): Promise<number> {
    const start = await startOfLine(this.#file, offset);
    if (start < this.#offset) {
      this.#offset = 0;
      this.#line = 1;
    }
    for await (const chunk of chunksFrom(this.#file, this.#offset)) {
      const upTo = chunk.subarray(0, Math.max(0, start - this.#offset));
      this.#line += newlinesIn(upTo);
      this.#offset += upTo.length;
      if (this.#offset >= start) break;
    }
    return this.#line;
  }
}

function newlinesIn(bytes: Buffer): number {
  let count = 0;
  for (let index = bytes.indexOf(newline); index !== -1; index = bytes.indexOf(newline, index + 1)) count += 1;
  return count;
}
