import { Transform, type TransformCallback } from 'node:stream';
import type { Entity } from '../core/contract.ts';
import { decodeCopyField } from '../core/copy-text.ts';
import type { Fingerprints } from '../core/fingerprint.ts';

/**
 * Scanned lines in, stage lines out, as the bytes stream through: keys are copied as they stand (both ends speak COPY's text
 * format), the row is fingerprinted, and the rest of it goes no further. Nothing is decoded, so nothing can be spoiled.
 */
export class StageLines extends Transform {
  readonly #lineOf: (line: Buffer) => string;
  readonly #noteLines: (count: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  #count = 0;

  /** `noteLines` is told how many more lines came through. */
  constructor(
    entity: Entity,
    fingerprints: Fingerprints,
    isAsked: (line: Buffer) => boolean,
    noteLines: (count: number) => void = () => undefined,
  ) {
    super();
    this.#noteLines = noteLines;
    const makeLine = stageLine(entity, fingerprints);
    this.#lineOf = (line) => makeLine(line, isAsked(line));
  }

  /** Lines that came through. */
  get count(): number {
    return this.#count;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline, start); end !== -1; end = bytes.indexOf(newline, start)) {
      lines.push(this.#lineOf(bytes.subarray(start, end)));
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
    this.#count += lines.length;
    this.#noteLines(lines.length);
    // latin1 carries each byte as one character, so what came in goes out unchanged.
    if (lines.length > 0) this.push(Buffer.from(lines.join(''), 'latin1'));
    done();
  }

  override _flush(done: TransformCallback): void {
    done(this.#rest.length === 0 ? null : new Error('a scan ended in the middle of a line'));
  }
}

const newline = 0x0a;
const tab = 0x09;
const nothing = '\\N';

/** Makes the stage line of one scanned line: `updated_at` (of a merge `merged_at`), a tab, then the contract's columns in their order. */
export function stageLine(entity: Entity, fingerprints: Fingerprints): (line: Buffer, asked: boolean) => string {
  switch (entity) {
    case 'patient':
      return (line, asked) => {
        const [updatedAt = '', id = '', mrn = ''] = fields(line, 3);
        const ownMrn = mrn === id || isBlank(mrn) ? nothing : mrn;
        return `${id}\t${ownMrn}\t${updatedAt}\t${fingerprints.row(entity, rowOf(line))}\t${flag(asked)}\n`;
      };
    case 'encounter':
      return (line, asked) => {
        const [updatedAt = '', id = '', patientId = '', , status = '', , endedAt = ''] = fields(line, 7);
        const staged = stagedStatus(status, endedAt);
        return `${id}\t${patientId}\t${staged}\t${updatedAt}\t${fingerprints.row(entity, rowOf(line))}\t${flag(asked)}\n`;
      };
    case 'merge':
      return (line, asked) => {
        const [mergedAt = '', retired = '', surviving = ''] = fields(line, 3);
        return `${retired}\t${surviving}\t${mergedAt}\t${flag(asked)}\n`;
      };
  }
}

/** What was scanned without `updated_at`: what a fetch gives as well, and what the fingerprint is of. */
const rowOf = (line: Buffer): Buffer => line.subarray(line.indexOf(tab) + 1);

const flag = (value: boolean): string => (value ? 't' : 'f');

/** The first `count` fields, as they stand. */
function fields(line: Buffer, count: number): readonly string[] {
  const found: string[] = [];
  let start = 0;
  while (found.length < count) {
    const end = line.indexOf(tab, start);
    found.push(line.toString('latin1', start, end === -1 ? line.length : end));
    if (end === -1) break;
    start = end + 1;
  }
  return found;
}

const statuses: ReadonlySet<string> = new Set(['planned', 'open', 'finished', 'cancelled']);

/** Does the field hold nothing but white space, as `mrnOf` sees it? Almost every field begins with a letter or digit. */
function isBlank(field: string): boolean {
  if (/^[\da-z]/i.test(field)) return false;
  return (decodeCopyField(Buffer.from(field, 'latin1').toString()) ?? '').trim() === '';
}

/** Some EHRs write this where they know of no end. */
const noEnd: ReadonlySet<string> = new Set([nothing, '', 'infinity']);

/** A visit without a status is finished when it has ended; a status that is none of the contract's is reported. */
export function stagedStatus(status: string, endedAt: string): string {
  if (status === nothing || status === '') return noEnd.has(endedAt) ? 'open' : 'finished';
  return statuses.has(status) ? status : 'unreadable';
}
