/**
 * Lines of a CSV file without quotes: splitting at delimiters is many times faster than parsing every byte. csv-parse reads the lines with
 * quotes.
 */
import type { FileHandle } from 'node:fs/promises';
import type { CsvDelimiter } from '../../config/format/formats.ts';
import { chunkBytes, chunksFrom } from './csv-position.ts';

export interface CsvRecord {
  readonly values: readonly string[];
  /** Offsets in the file. Blank lines may precede the record's first byte. */
  readonly start: number;
  readonly end: number;
  /** Free of characters that COPY's text format must escape, and of signs of damage. */
  readonly isPlain: boolean;
}

/** What csv-parse takes for a record; its width is checked afterwards. */
export const csvLines = { record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true };

interface PlainLines {
  readonly records: readonly CsvRecord[];
  /** Offset of a line that needs parsing; null at the end of the file or while plain lines continue. */
  readonly quotedAt: number | null;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** Includes the replacement character for invalid UTF-8, the zero byte and our damage mark. */
const unusual = /[\0\b\f\n\r\t\v\\\ufffd\ufdd0]/;
const unusualBesideTabs = /[\0\b\f\n\r\v\\\ufffd\ufdd0]/;

export const isPlainText = (text: string): boolean => !unusual.test(text);

/** The records from the offset, the start of a line, up to the first line with a quote or of excessive length. */
export async function* plainLines(
  file: FileHandle,
  delimiter: CsvDelimiter,
  start: number,
  size = chunkBytes,
): AsyncGenerator<PlainLines> {
  let position = start;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksFrom(file, start, size)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const quoteAt = bytes.indexOf(quote);
    const end = lastLineEnd(quoteAt === -1 ? bytes : bytes.subarray(0, quoteAt));
    const records = cut(bytes.subarray(0, end), delimiter, position);
    position += end;
    rest = bytes.subarray(end);
    // The parser decides if the line is too long.
    const isToParse = quoteAt !== -1 || rest.length > chunkBytes;
    yield { records, quotedAt: isToParse ? position : null };
    if (isToParse) return;
  }
  if (rest.length > 0) {
    yield { records: [recordOf(rest, delimiter, position, position + rest.length)], quotedAt: null };
  }
}

const lastLineEnd = (bytes: Buffer): number => bytes.lastIndexOf(newline) + 1;

/** Splits whole lines into records and skips blank ones. */
function cut(bytes: Buffer, delimiter: CsvDelimiter, position: number): CsvRecord[] {
  const records: CsvRecord[] = [];
  for (let start = 0; start < bytes.length;) {
    const next = bytes.indexOf(newline, start) + 1;
    const end = next - (bytes[next - 2] === carriageReturn && next - 2 >= start ? 2 : 1);
    if (end > start) records.push(recordOf(bytes.subarray(start, end), delimiter, position + start, position + next));
    start = next;
  }
  return records;
}

function recordOf(line: Buffer, delimiter: CsvDelimiter, start: number, end: number): CsvRecord {
  const text = line.toString();
  // Here the tab is the delimiter.
  const isPlain = delimiter === '\t' ? !unusualBesideTabs.test(text) : isPlainText(text);
  return { values: text.split(delimiter), start, end, isPlain };
}
