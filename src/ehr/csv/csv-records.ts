/**
 * Reads the records of a CSV file that may be damaged. csv-parse finds the quotes; this file decides where to resume
 * after an unreadable record: at the line after the one in which it began, so that a fault affects one line only. A
 * stray quote would otherwise swallow everything up to the next quote or the end.
 */
import type { FileHandle } from 'node:fs/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import type { CsvDelimiter } from '../../config/format/formats.ts';
import { isRuler, isTrailer } from '../../contract/row/no-record.ts';
import { type FieldDamage, markDamage, mayBeDamaged } from './csv-damage.ts';
import { csvLines, type CsvRecord, isPlainText, plainLines } from './csv-plain-lines.ts';
import { chunkBytes, chunksFrom, nextLine } from './csv-position.ts';
import type { LandingProblem } from '../landing/landing-finding.ts';

/** An unreadable record, and the reason. */
interface CsvFault {
  readonly problem: LandingProblem;
  readonly start: number;
}

interface CsvBatch {
  readonly records: readonly CsvRecord[];
  readonly faults: readonly CsvFault[];
  readonly damage: readonly FieldDamage[];
}

export interface RecordForm {
  readonly delimiter: CsvDelimiter;
  /** Number of fields. */
  readonly width: number;
  /** Each line may end with a delimiter, adding an empty field. */
  readonly mayEndWithDelimiter: boolean;
}

/** Far beyond any EHR record; a longer one has run past its closing quote. */
const maxRecordLength = 1024 * 1024;

/** A header line is seldom longer. */
const headerBytes = 4096;

/** The first record; null if the file is empty. */
export async function firstRecord(
  file: FileHandle,
  delimiter: CsvDelimiter,
  start: number,
): Promise<CsvRecord | CsvFault | null> {
  for await (const { records, stoppedBy } of recordsFrom(file, delimiter, start, headerBytes)) {
    const first = records[0] ?? stoppedBy;
    if (first !== null) return first;
  }
  return null;
}

/** Up to `limit` records from the offset, ending before the first unreadable one. */
export async function firstRecords(
  file: FileHandle,
  delimiter: CsvDelimiter,
  start: number,
  limit: number,
): Promise<CsvRecord[]> {
  const found: CsvRecord[] = [];
  for await (const { records, stoppedBy } of recordsFrom(file, delimiter, start)) {
    found.push(...records);
    if (found.length >= limit || stoppedBy !== null) break;
  }
  return found.slice(0, limit);
}

/** All well-formed records from the offset, and a fault for each other one. */
export async function* readRecords(file: FileHandle, start: number, form: RecordForm): AsyncGenerator<CsvBatch> {
  let resumeAt: number | null = start;
  while (resumeAt !== null) {
    const from: number = resumeAt;
    resumeAt = null;
    for await (const { records, stoppedBy } of recordsFrom(file, form.delimiter, from)) {
      const { brokenOff: broken, ...checked } = await checkBatch(file, records, form);
      const brokenOff = broken ?? stoppedBy;
      yield { ...checked, faults: [...checked.faults, ...(brokenOff === null ? [] : [brokenOff])] };
      if (brokenOff === null) continue;
      resumeAt = await nextLine(file, brokenOff.start);
      break;
    }
  }
}

interface Batch {
  readonly records: readonly CsvRecord[];
  /** The record that stopped csv-parse, after those of this batch; null if reading continues. */
  readonly stoppedBy: CsvFault | null;
}

/** The records from the offset up to the first unreadable one. */
async function* recordsFrom(
  file: FileHandle,
  delimiter: CsvDelimiter,
  start: number,
  size = chunkBytes,
): AsyncGenerator<Batch> {
  for (let position: number | null = start; position !== null;) {
    let quotedAt: number | null = null;
    for await (const lines of plainLines(file, delimiter, position, size)) {
      yield { records: lines.records, stoppedBy: null };
      ({ quotedAt } = lines);
    }
    position = null;
    if (quotedAt === null) continue;
    for await (const parsed of parsedFrom(file, delimiter, quotedAt)) {
      yield parsed;
      position = parsed.endsAt;
    }
  }
}

interface Parsed extends Batch {
  /** Offset after the last record; null at the end of the file, after a fault or within the first record. */
  readonly endsAt: number | null;
}

/** Parses the file from the offset, and stops after the chunk that completes a record. */
async function* parsedFrom(file: FileHandle, delimiter: CsvDelimiter, start: number): AsyncGenerator<Parsed> {
  let records: CsvRecord[] = [];
  let end = start;
  const parser = parse({
    delimiter,
    ...csvLines,
    max_record_size: maxRecordLength,
    // Collects each record as it ends; a fault would discard those in the parser's queue.
    on_record: (values: string[], { bytes }) => {
      records.push({ values, start: end, end: start + bytes, isPlain: values.every(isPlainText) });
      end = start + bytes;
      return null;
    },
  });
  parser.on('error', () => undefined).resume();
  try {
    for await (const chunk of chunksFrom(file, start)) {
      const error = await write(parser, chunk);
      const isDone = error !== null || end > start;
      const stoppedBy = error && (await faultOf(file, error, end));
      yield { records, stoppedBy, endsAt: isDone && error === null ? end : null };
      if (isDone) return;
      records = [];
    }
    const error = await finish(parser);
    yield { records, stoppedBy: error && (await faultOf(file, error, end)), endsAt: null };
  } finally {
    parser.destroy();
  }
}

const write = (parser: Parser, chunk: Buffer): Promise<CsvError | null> =>
  new Promise((resolve, reject) => {
    parser.write(chunk, completing(resolve, reject));
  });

const finish = (parser: Parser): Promise<CsvError | null> =>
  new Promise((resolve, reject) => {
    parser.end(completing(resolve, reject));
  });

const completing =
  (resolve: (error: CsvError | null) => void, reject: (error: Error) => void) =>
  (error?: Error | null): void => {
    if (error === undefined || error === null) resolve(null);
    else if (error instanceof CsvError) resolve(error);
    else reject(error);
  };

/** The parser's message quotes the field; its code does not. */
async function faultOf(file: FileHandle, { code }: CsvError, start: number): Promise<CsvFault> {
  if (code === 'CSV_MAX_RECORD_SIZE') {
    const isOneLine = (await nextLine(file, start)) - start > maxRecordLength;
    return { problem: isOneLine ? 'too_long' : 'stray_quote', start };
  }
  if (aboutQuotes.has(code)) return { problem: 'stray_quote', start };
  throw new Error(`csv-parse gave up with ${code}, which our options leave no reason for`);
}

const aboutQuotes: ReadonlySet<string> = new Set([
  'CSV_QUOTE_NOT_CLOSED',
  'CSV_INVALID_CLOSING_QUOTE',
  'INVALID_OPENING_QUOTE',
]);

interface CheckedBatch extends CsvBatch {
  /** A faulty record over several lines: probably a stray quote has swallowed good lines. */
  readonly brokenOff: CsvFault | null;
}

async function checkBatch(file: FileHandle, parsed: readonly CsvRecord[], form: RecordForm): Promise<CheckedBatch> {
  if (parsed.every(({ values, isPlain }) => isPlain && values.length === form.width)) {
    return { records: parsed, faults: [], damage: [], brokenOff: null };
  }
  const records: CsvRecord[] = [];
  const faults: CsvFault[] = [];
  const damage: FieldDamage[] = [];
  for (const given of parsed) {
    const record = withoutSpareField(given, form);
    const { length } = record.values;
    if (length === form.width) {
      const marked = mayBeDamaged(record) ? await markDamage(file, record, form.delimiter) : { record, damage: [] };
      records.push(marked.record);
      damage.push(...marked.damage);
      continue;
    }
    const fault: CsvFault = { problem: problemOfWidth(record, form), start: record.start };
    if (record.values.some((value) => value.includes('\n'))) return { records, faults, damage, brokenOff: fault };
    faults.push(fault);
  }
  return { records, faults, damage, brokenOff: null };
}

function problemOfWidth({ values }: CsvRecord, { width }: RecordForm): LandingProblem {
  const [first = '', ...others] = values;
  const isNoRecord = others.every((value) => value.trim() === '' || isRuler(value) || /^[\d.,:\s-]+$/.test(value));
  if (isNoRecord && (isRuler(first) || isTrailer(first))) return 'no_record';
  return values.length < width ? 'too_few_fields' : 'too_many_fields';
}

const withoutSpareField = (record: CsvRecord, { width, mayEndWithDelimiter }: RecordForm): CsvRecord =>
  mayEndWithDelimiter && record.values.length === width + 1 && record.values[width] === ''
    ? { ...record, values: record.values.slice(0, width) }
    : record;
