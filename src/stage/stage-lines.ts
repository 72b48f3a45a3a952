import { Transform, type TransformCallback } from 'node:stream';
import type { Entity } from '../contract/contract.ts';
import { decodeCopyField } from '../contract/row/copy-text.ts';
import { saysNothingAsId } from '../values/word.ts';
import { type FillerDates, isFillerDate, usualFillerDates } from '../values/time/event-time.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import { type LineLayout, nothing, type RowLine, type RowChecker } from '../contract/row/row-checker.ts';

/**
 * Turns scanned lines into stage lines as the bytes stream through: keys are copied byte for byte (both ends use COPY's text format),
 * and the row is checked and fingerprinted.
 */
export class StageLines extends Transform {
  readonly #entity: Entity;
  readonly #fingerprints: Fingerprints;
  readonly #checker: RowChecker;
  readonly #layout: LineLayout;
  readonly #isAsked: boolean;
  readonly #noteLines: (count: number) => void;
  /** The beginning of a line that has not ended: together only once it has, for a row may come in thousands of pieces. */
  #rest: Buffer[] = [];
  #count = 0;

  /** `layout`: of a scan's lines, or of fetched ones. `isAsked`: false if the lines are read only because others depend on them. `noteLines` receives the number of new lines. */
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
    this.#entity = entity;
    this.#fingerprints = fingerprints;
    this.#checker = checker;
    this.#layout = layout;
    this.#isAsked = isAsked;
  }

  /** Lines that came through. */
  get count(): number {
    return this.#count;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!chunk.includes(newline)) {
      if (chunk.length > 0) this.#rest.push(chunk);
      done();
      return;
    }
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([...this.#rest, chunk]);
    // latin1 maps each byte to one character, so the bytes leave unchanged, and an index of the text is an index of the bytes. All lines
    // share one text, because searching a buffer for a tab costs as much as hashing the line.
    const text = bytes.toString('latin1');
    let lines = '';
    let count = 0;
    let start = 0;
    for (let end = text.indexOf('\n', start); end !== -1; end = text.indexOf('\n', start)) {
      lines += this.#lineOf(text, bytes, start, end);
      count += 1;
      start = end + 1;
    }
    this.#rest = start < bytes.length ? [bytes.subarray(start)] : [];
    this.#count += count;
    this.#noteLines(count);
    if (count > 0) this.push(Buffer.from(lines, 'latin1'));
    done();
  }

  #lineOf(text: string, bytes: Buffer, start: number, end: number): string {
    return `${stageLine(this.#entity, this.#fingerprints, this.#checker, this.#layout, { text, bytes, start, end })}\t${flag(this.#isAsked)}\n`;
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

/** The position of a line: `text` is `bytes` in latin1. */
interface Place {
  readonly text: string;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A stage line up to its fingerprint. A merge is its keys. */
export function stageLine(
  entity: Entity,
  fingerprints: Fingerprints,
  checker: RowChecker,
  layout: LineLayout,
  { text, bytes, start, end }: Place,
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

const statuses: ReadonlySet<string> = new Set(['planned', 'open', 'finished', 'cancelled']);

/** Does the field hold nothing, or a word for it, as `mrnOf` sees it? Almost every field has a digit, and no such word has one. */
function saysNone(field: string): boolean {
  if (/\d/.test(field)) return false;
  return saysNothingAsId(decodeCopyField(Buffer.from(field, 'latin1').toString()) ?? '');
}

/** Some EHRs write such a word, or a filler date, for an open end. */
const hasEnd = (endedAt: string, fillerDates: FillerDates): boolean =>
  !noEnd.has(endedAt) && !endedAt.startsWith('9999-') && !isFillerDate(endedAt.slice(0, 10), fillerDates);

const noEnd: ReadonlySet<string> = new Set([nothing, '', 'infinity']);

/** A visit without a status is finished once it has ended; a status outside the contract is reported. */
export function stagedStatus(status: string, endedAt: string, fillerDates: FillerDates = usualFillerDates): string {
  if (status === nothing || status === '') return hasEnd(endedAt, fillerDates) ? 'finished' : 'open';
  return statuses.has(status) ? status : 'unreadable';
}
