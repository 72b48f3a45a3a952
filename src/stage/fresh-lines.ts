/**
 * Cuts a sweep's scan into chunks by content: a hash of each line's beginning decides whether the chunk ends there. An
 * inserted, deleted or changed row therefore moves only the cuts beside it, and the other chunks are recognised
 * wherever they now are. (Content-defined chunking, as in backup programs: Muthitacharoen et al., "A Low-bandwidth
 * Network File System", SOSP 2001.)
 */
import { Transform, type TransformCallback } from 'node:stream';
import type { Fingerprint, Fingerprints } from '../message/fingerprint/fingerprint.ts';
import type { RowChecker } from '../contract/row/row-checker.ts';
import type { SweptEntity } from '../ledger/stage/sweep.ts';
import { stageLine, stageVersion } from './stage-lines.ts';

/** The chunks that are staged already, and the keys of the new ones. */
interface Chunks {
  /** True if this chunk is staged, and is met for the first time in this scan. */
  readonly meets: (digest: Fingerprint) => boolean;
  /** Adds a chunk that is to be staged, and returns its key. */
  readonly add: (digest: Fingerprint, rows: number) => number;
}

/**
 * Scanned lines of a sweep in, stage lines of new or changed chunks out. In a chunk that is already staged, the only work per row is
 * to find its end.
 */
export class FreshLines extends Transform {
  readonly #entity: SweptEntity;
  readonly #fingerprints: Fingerprints;
  readonly #checker: RowChecker;
  readonly #chunks: Chunks;
  readonly #noteLines: (count: number) => void;
  readonly #linesPerChunk: number;
  readonly #meaning: string;
  /** The open chunk and the bytes after it: one buffer for the whole scan, to spare the garbage collector. */
  #bytes: Buffer = Buffer.allocUnsafe(2 * largestChunkBytes);
  #length = 0;
  /** Start of the first line still to be examined. */
  #seen = 0;
  /** Lines of the open chunk. */
  #rows = 0;
  #count = 0;

  /** `noteLines` receives the number of lines that have passed since its last call. */
  constructor(
    entity: SweptEntity,
    fingerprints: Fingerprints,
    checker: RowChecker,
    chunks: Chunks,
    noteLines: (count: number) => void = () => undefined,
    linesPerChunk = usualLinesPerChunk,
  ) {
    super();
    this.#linesPerChunk = linesPerChunk;
    this.#entity = entity;
    this.#fingerprints = fingerprints;
    this.#checker = checker;
    this.#chunks = chunks;
    this.#meaning = `${stageVersion} ${checker.scanned.join(' ')}`;
    this.#noteLines = noteLines;
  }

  /** Lines that have passed, in new and in staged chunks. */
  get count(): number {
    return this.#count;
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const from = this.#length;
    this.#take(piece);
    const bytes = this.#bytes.subarray(0, this.#length);
    let chunkStart = 0;
    let start = this.#seen;
    // Searches only the new bytes: the earlier ones were searched already and may be long.
    for (let end = bytes.indexOf(newline, from); end !== -1; end = bytes.indexOf(newline, start)) {
      this.#rows += 1;
      if (endsChunk(bytes, start, end, this.#linesPerChunk) || end - chunkStart >= largestChunkBytes) {
        this.#end(bytes.subarray(chunkStart, end + 1));
        chunkStart = end + 1;
      }
      start = end + 1;
    }
    if (chunkStart > 0) bytes.copyWithin(0, chunkStart);
    this.#length -= chunkStart;
    this.#seen = start - chunkStart;
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#seen < this.#length) {
      done(new Error('a scan ended in the middle of a line'));
      return;
    }
    if (this.#rows > 0) this.#end(this.#bytes.subarray(0, this.#length));
    done();
  }

  #take(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  #end(lines: Buffer): void {
    const digest = this.#fingerprints.chunk(this.#entity, this.#meaning, lines);
    if (!this.#chunks.meets(digest)) this.#stage(lines, this.#chunks.add(digest, this.#rows));
    this.#count += this.#rows;
    this.#noteLines(this.#rows);
    this.#rows = 0;
  }

  #stage(bytes: Buffer, chunkId: number): void {
    // latin1 maps each byte to one character, so bytes pass unchanged and offsets in the text are offsets in the bytes.
    const text = bytes.toString('latin1');
    let lines = '';
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      lines += `${stageLine(this.#entity, this.#fingerprints, this.#checker, this.#checker.scannedLine, { text, bytes, start, end })}\tt\t${chunkId}\n`;
      start = end + 1;
    }
    this.push(Buffer.from(lines, 'latin1'));
  }
}

const newline = 0x0a;
const tab = 0x09;

/**
 * On average, one line in this many ends a chunk. A larger number means fewer chunks to store; a smaller one means
 * fewer rows to stage again for one change.
 */
const usualLinesPerChunk = 128;

/** A chunk is held in memory, so it ends at this size at the latest. */
export const largestChunkBytes = 256 * 1024;

/**
 * Does the line from `start` to its newline at `end` end a chunk? FNV-1a over `updated_at` and the key, the first two
 * columns: together they are unique per line, and they vary even where all keys begin alike.
 */
function endsChunk(bytes: Buffer, start: number, end: number, linesPerChunk: number): boolean {
  let hash = 0x811c9dc5;
  let tabs = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === tab && (tabs += 1) === 2) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // Mixes the upper bits in, which barely affect the lowest ones.
  return ((hash ^ (hash >>> 15)) >>> 0) % linesPerChunk === 0;
}
