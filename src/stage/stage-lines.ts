/**
 * Turns scanned lines into stage lines as the bytes stream through: keys are copied byte for byte (both ends use COPY's text format),
 * and the row is checked and fingerprinted.
 *
 * A sweep's scan is cut into chunks by content: a hash of each line's beginning decides whether the chunk ends there. An inserted, deleted
 * or changed row therefore moves only the cuts beside it, and the other chunks are recognised wherever they now are. (Content-defined
 * chunking, as in backup programs: Muthitacharoen et al., "A Low-bandwidth Network File System", SOSP 2001.)
 */
import { Transform, type TransformCallback } from 'node:stream';
import type { Entity } from '../contract/contract.ts';
import { decodeCopyField } from '../contract/row/copy-text.ts';
import { type LineLayout, nothing, type RowChecker, type RowLine } from '../contract/row/row-checker.ts';
import { stagedStatus } from '../contract/row/visit-state.ts';
import type { SweptEntity } from '../ledger/stage/sweep.ts';
import type { Fingerprint, Fingerprints } from '../message/fingerprint/fingerprint.ts';
import type { FillerDates } from '../values/time/event-time.ts';
import { saysNothingAsId } from '../values/word.ts';

export class StageLines extends Transform {
  readonly #staging: Staging;
  readonly #ending: string;
  readonly #noteLines: (count: number) => void;
  /** The beginning of a line that has not ended: together only once it has, for a row may come in thousands of pieces. */
  #rest: Buffer[] = [];
  #count = 0;

  /**
   * `layout`: of a scan's lines, or of fetched ones. `isAsked`: false if the lines are read only because others depend on them. `noteLines`
   * receives the number of new lines.
   */
  constructor(
    entity: Entity,
    fingerprints: Fingerprints,
    checker: RowChecker,
    layout: LineLayout,
    isAsked: boolean,
    noteLines: (count: number) => void = () => undefined,
  ) {
    super();
    this.#noteLines = noteLines;
    this.#staging = { entity, fingerprints, checker, layout };
    this.#ending = `\t${flag(isAsked)}\n`;
  }

  /** Lines that came through. */
  get count(): number {
    return this.#count;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const length = chunk.lastIndexOf(newline) + 1;
    if (length > 0) {
      const last = chunk.subarray(0, length);
      const bytes = this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last]);
      const { lines, count } = stageLines(this.#staging, bytes, this.#ending);
      this.#rest = [];
      this.#count += count;
      this.#noteLines(count);
      this.push(lines);
    }
    if (length < chunk.length) this.#rest.push(chunk.subarray(length));
    done();
  }

  override _flush(done: TransformCallback): void {
    done(this.#rest.length === 0 ? null : new Error('a scan ended in the middle of a line'));
  }
}

const newline = 0x0a;

/**
 * Raise it with every change of what is staged of a line: sweeps keep what they have staged, and take it for theirs as long as the
 * scanned bytes and this are the same.
 */
export const stageVersion = 3;

/** What lines are staged with. */
interface Staging {
  readonly entity: Entity;
  readonly fingerprints: Fingerprints;
  readonly checker: RowChecker;
  readonly layout: LineLayout;
}

/** The stage lines of whole lines. `ending`: what follows the fingerprint in each. */
function stageLines(
  staging: Staging,
  bytes: Buffer,
  ending: string,
): { readonly lines: Buffer; readonly count: number } {
  // latin1 maps each byte to one character, so the bytes leave unchanged, and an index of the text is an index of the bytes. All lines
  // share one text, because searching a buffer for a tab costs as much as hashing the line.
  const text = bytes.toString('latin1');
  let lines = '';
  let count = 0;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    lines += stageLine(staging, text, bytes, start, end) + ending;
    count += 1;
    start = end + 1;
  }
  return { lines: Buffer.from(lines, 'latin1'), count };
}

/** A stage line up to its fingerprint. A merge is its keys. */
function stageLine(
  { entity, fingerprints, checker, layout }: Staging,
  text: string,
  bytes: Buffer,
  start: number,
  end: number,
): string {
  const line = layout.read(text, start, end);
  const keys = `${stagedKeys(entity, line, checker.calendar.fillerDates)}\t${checker.fault(line) ?? nothing}`;
  if (entity === 'merge') return keys;
  const more = entity === 'patient' ? understandingIn(line, checker) : '';
  // The line with all columns but `updated_at`: the same bytes that a fetch returns.
  const [updatedAt = ''] = line.fields;
  const fingerprint =
    layout.tail === null
      ? fingerprints.row(entity, Buffer.from(layout.fieldsOf(line).join('\t'), 'latin1'))
      : fingerprints.row(entity, bytes.subarray(start + updatedAt.length + 1, end), layout.tail);
  return `${keys}${more}\t${fingerprint}`;
}

/** The staged columns of a line beside its fingerprint. */
function stagedKeys(entity: Entity, { fields }: RowLine, fillerDates: FillerDates): string {
  const [updatedAt = nothing, id = nothing, otherId = nothing] = fields;
  switch (entity) {
    case 'patient':
      return `${id}\t${otherId === id || saysNone(otherId) ? nothing : otherId}\t${updatedAt}`;
    case 'encounter': {
      const [, , , status = nothing, , endedAt = nothing] = fields;
      return `${id}\t${otherId}\t${stagedStatus(status, endedAt, fillerDates)}\t${updatedAt}`;
    }
    case 'merge':
      return `${id}\t${otherId}\t${updatedAt}`;
  }
}

function understandingIn(line: RowLine, checker: RowChecker): string {
  const { understood, unreadable } = checker.understanding(line);
  return `\t${understood}\t${unreadable}\t${flag(checker.hasSummary(line))}`;
}

const flag = (value: boolean): string => (value ? 't' : 'f');

/** Does the field hold nothing, or a word for it, as `mrnOf` sees it? Almost every field has a digit, and no such word has one. */
function saysNone(field: string): boolean {
  if (/\d/.test(field)) return false;
  return saysNothingAsId(decodeCopyField(Buffer.from(field, 'latin1').toString()) ?? '');
}

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
  readonly #staging: Staging;
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
    this.#staging = { entity, fingerprints, checker, layout: checker.scannedLine };
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
    const { entity, fingerprints } = this.#staging;
    const digest = fingerprints.chunk(entity, this.#meaning, lines);
    if (!this.#chunks.meets(digest)) {
      this.push(stageLines(this.#staging, lines, `\tt\t${this.#chunks.add(digest, this.#rows)}\n`).lines);
    }
    this.#count += this.#rows;
    this.#noteLines(this.#rows);
    this.#rows = 0;
  }
}

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
