import type { FileHandle } from 'node:fs/promises';

const newline = 0x0a;
const carriageReturn = 0x0d;
export const chunkBytes = 64 * 1024;

/** The bytes of a file from an offset on. The chunks are the caller's to keep. */
export async function* chunksFrom(file: FileHandle, offset: number, size = chunkBytes): AsyncGenerator<Buffer> {
  for (let position = offset; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** Where the line that stands at or after the offset begins: line ends at the offset itself belong to blank lines. */
async function startOfLine(file: FileHandle, offset: number): Promise<number> {
  let position = offset;
  for await (const chunk of chunksFrom(file, offset, 1024)) {
    const index = chunk.findIndex((byte) => byte !== newline && byte !== carriageReturn);
    if (index !== -1) return position + index;
    position += chunk.length;
  }
  return position;
}

/** Where the line after the one that stands at the offset begins; the end of the file where there is none. */
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
 * Tells lines of a file by offset, counting as an editor does, newlines within quotes too. It reads the file again up to
 * where it is asked, once in all if the offsets ascend: only a file with faults pays for it.
 */
export class LineCounter {
  readonly #file: FileHandle;
  #offset = 0;
  #line = 1;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The line, counted from 1, that stands at or after the offset. */
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
