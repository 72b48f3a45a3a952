import { Transform, type TransformCallback } from 'node:stream';
import type { Entity } from '../contract/contract.ts';
import { decodeCopyField } from '../contract/row/copy-text.ts';
import { saysNothingAsId } from '../values/says-nothing.ts';
import { type FillerDates, isFillerDate, usualFillerDates } from '../values/time/event-time.ts';
import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import type { RowChecker } from '../contract/row/row-checker.ts';

/**
 * Turns scanned lines into stage lines as the bytes stream through: keys are copied byte for byte (both ends use COPY's text format),
 * and the row is checked and fingerprinted.
 */
export class StageLines extends Transform {
  readonly #entity: Entity;
  readonly #fingerprints: Fingerprints;
  readonly #checker: RowChecker;
  readonly #isAsked: boolean;
  readonly #noteLines: (count: number) => void;
  /** The beginning of a line that has not ended: together only once it has, for a row may come in thousands of pieces. */
  #rest: Buffer[] = [];
  #count = 0;

  /** `isAsked`: false if the lines are read only because others depend on them. `noteLines` receives the number of new lines. */
  constructor(
    entity: Entity,
    fingerprints: Fingerprints,
    checker: RowChecker,
    isAsked: boolean,
    noteLines: (count: number) => void = () => undefined,
  ) {
    super();
    this.#noteLines = noteLines;
    this.#entity = entity;
    this.#fingerprints = fingerprints;
    this.#checker = checker;
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
    return `${stageLine(this.#entity, this.#fingerprints, this.#checker, { text, bytes, start, end })}\t${flag(this.#isAsked)}\n`;
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

/** The position of a scanned line: `text` is `bytes` in latin1. */
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
  { text, bytes, start, end }: Place,
): string {
  const { line, fields, isAsScanned } = checker.whole(text.slice(start, end));
  const keys = `${stagedKeys(entity, fields, checker.calendar.fillerDates)}\t${checker.fault(fields, line) ?? nothing}${understandingIn(entity, fields, checker)}`;
  if (entity === 'merge') return keys;
  // The line without `updated_at`: the same bytes that a fetch returns.
  const afterTime = line.indexOf('\t') + 1;
  const row = isAsScanned ? bytes.subarray(start + afterTime, end) : Buffer.from(line.slice(afterTime), 'latin1');
  return `${keys}\t${fingerprints.row(entity, row)}`;
}

const nothing = '\\N';

/**
 * The staged columns of a scanned line beside its fingerprint. The line has `updated_at` (of a merge `merged_at`), a tab, then the
 * contract's columns in order.
 */
function stagedKeys(entity: Entity, fields: readonly string[], fillerDates: FillerDates): string {
  switch (entity) {
    case 'patient': {
      const [updatedAt = '', id = '', mrn = ''] = fields;
      return `${id}\t${mrn === id || saysNone(mrn) ? nothing : mrn}\t${updatedAt}`;
    }
    case 'encounter': {
      const [updatedAt = '', id = '', patientId = '', , status = '', , endedAt = ''] = fields;
      return `${id}\t${patientId}\t${stagedStatus(status, endedAt, fillerDates)}\t${updatedAt}`;
    }
    case 'merge': {
      const [mergedAt = '', retired = '', surviving = ''] = fields;
      return `${retired}\t${surviving}\t${mergedAt}`;
    }
  }
}

const understandingIn = (entity: Entity, fields: readonly string[], checker: RowChecker): string => {
  if (entity !== 'patient') return '';
  const { understood, unreadable } = checker.understanding(fields);
  return `\t${understood}\t${unreadable}\t${flag(checker.isGiven(fields, 'summary_version'))}`;
};

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
