import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse';
import { UsageFault } from '../../src/fault.ts';

export interface CsvLine {
  /** Every column of the header; empty if the line lacks the field. */
  readonly record: Readonly<Record<string, string>>;
  /** From 1, the header line included. */
  readonly line: number;
}

/** Rows with a longer key are never sent, and reports shorten their key. */
const longestKeyBytes = 2000;

/** Could this be the key of a row? */
export const isKey = (id: string): boolean =>
  id !== '' && !id.includes('\0') && Buffer.byteLength(id) <= longestKeyBytes;

/**
 * The lines of a CSV of a person's, as they come: the file is never in memory. It may have been in a spreadsheet: a byte-order
 * mark, UTF-16, semicolons or tabs between the columns, and lines without their last, empty fields (Excel leaves those out) are
 * read as well. Throws a UsageFault that names the file.
 */
export async function* readCsvLines(file: string): AsyncGenerator<CsvLine> {
  let absent: CsvLine['record'] = {};
  try {
    const { header, texts } = await withHeader(textOf(file));
    const lines = parse({
      delimiter: delimiterOf(header),
      columns: (names: string[]) => {
        absent = Object.fromEntries(names.map((name) => [name, '']));
        return names;
      },
      info: true,
      relax_column_count_less: true,
      skip_empty_lines: true,
    });
    // `pipe` swallows the error of an invalid file.
    const source = Readable.from(texts).on('error', (error) => lines.destroy(error));
    for await (const { record, info } of source.pipe(lines) as AsyncIterable<ParsedLine>) {
      yield { record: { ...absent, ...record }, line: info.lines };
    }
  } catch (error) {
    throw error instanceof UsageFault ? error : unreadable(file, error);
  }
}

interface ParsedLine {
  readonly record: CsvLine['record'];
  readonly info: { readonly lines: number };
}

/** Reads all lines and only counts them, so that a fault in the file surfaces before any work starts. */
export async function readThrough(lines: AsyncIterable<unknown>): Promise<number> {
  const each = lines[Symbol.asyncIterator]();
  let count = 0;
  while ((await each.next()).done !== true) count += 1;
  return count;
}

/** The file's text; an undecodable file is an error. */
async function* textOf(file: string): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    decoder ??= new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8', { fatal: true });
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder?.decode() ?? '';
}

/** Returns the first line, and texts that still contain it. */
async function withHeader(texts: AsyncGenerator<string>): Promise<{ header: string; texts: AsyncGenerator<string> }> {
  let begun = '';
  while (!/[\r\n]/.test(begun)) {
    const next = await texts.next();
    if (next.done === true) break;
    begun += next.value;
  }
  return { header: begun.split(/[\r\n]/, 1)[0] ?? '', texts: continued(begun, texts) };
}

async function* continued(begun: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield begun;
  yield* rest;
}

/** Spreadsheets write semicolons in locales with a decimal comma. Our column names contain neither. */
const delimiterOf = (header: string): string =>
  [',', ';', '\t'].reduce((best, one) => (header.split(one).length > header.split(best).length ? one : best));

/** The error for a file that lacks required columns. */
export const withoutColumns = (file: string, columns: string): UsageFault =>
  new UsageFault(
    `${file} has no columns ${columns} in its first line; take a report of redox-reconcile, or name the columns so.`,
  );

/** csv-parse quotes the line in its message, and a line may hold anything: only its code is repeated. */
function unreadable(file: string, error: unknown): UsageFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const what =
    code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? 'is not UTF-8, so its ids are unreliable; save it again as CSV in UTF-8 (Excel: "CSV UTF-8")'
      : `could not be read as CSV (${code}); check that it exists and is complete`;
  return new UsageFault(`${file} ${what}. Nothing was done.`, { cause: error });
}
