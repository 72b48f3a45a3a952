import type { ExtractSettings } from '../../config/config.ts';
import type { CsvDelimiter } from '../../config/format/formats.ts';
import { UsageFault } from '../../fault.ts';
import { withoutBackslashes } from './csv-backslash.ts';
import { type CsvHead, delimiterNames, findHead } from './csv-head.ts';
import type { CsvRecord } from './csv-plain-lines.ts';
import { firstRecord, firstRecords, type RecordForm } from './csv-records.ts';
import type { ExtractText } from './csv-text.ts';
import { columnNameOf } from '../landing/landing-name.ts';
import { StringDecoder } from 'node:string_decoder';

/** The format of a file's records. */
export interface CsvShape extends RecordForm {
  /** Landed names of the columns. */
  readonly names: readonly string[];
  /** The header contains expected column names, so it is safe to show: a patient's row would have none. */
  readonly isHeaderSure: boolean;
  /** Offset of the first byte after the header. */
  readonly rowsStart: number;
}

/** Detects the format of the file; copies and rewrites a file from Excel or MySQL. Throws a UsageFault in doubt. */
export async function shapeOf(
  text: ExtractText,
  words: ReadonlySet<string>,
  settings: Pick<ExtractSettings, 'delimiter' | 'escape'>,
): Promise<CsvShape> {
  const asWritten = await readHead(text, words, settings.delimiter);
  const { delimiter } = asWritten.head;
  const rewritings = [
    ...(settings.escape === 'backslash' ? [withoutBackslashes(delimiter)] : []),
    ...(hasFormulas(asWritten.lines, delimiter) ? [withoutFormulas(delimiter)] : []),
  ];
  await text.rewrite(...rewritings);
  const { head, start, lines } = rewritings.length === 0 ? asWritten : await readHead(text, words, settings.delimiter);
  const skipped = lines.slice(0, head.linesAbove).filter((line) => line.trim() !== '').length;
  if (skipped > 0)
    text.remark(`The header of ${text.file.name} is line ${head.linesAbove + 1}; the lines above it were ignored.`);
  return readShape(text, head, start);
}

interface Head {
  readonly head: CsvHead;
  readonly lines: readonly string[];
  /** Offset of the header line. */
  readonly start: number;
}

/** Enough for a header and a few rows. */
const headBytes = 64 * 1024;
const newline = 0x0a;

async function readHead(text: ExtractText, words: ReadonlySet<string>, wanted: CsvDelimiter | null): Promise<Head> {
  const read = await text.bytesAt(text.start, headBytes);
  const lastEnd = read.lastIndexOf(newline);
  const bytes = read.length < headBytes || lastEnd === -1 ? read : read.subarray(0, lastEnd);
  const lines = bytes.toString().split(/\r?\n/);
  const head = findHead(text.file.name, { lines, words, wanted });
  if ('fault' in head) throw new UsageFault(head.fault);
  let start = 0;
  for (let line = 0; line < head.linesAbove; line += 1) start = bytes.indexOf(newline, start) + 1;
  return { head, lines, start: text.start + start };
}

/** Rows sampled to see if all rows differ from the header. */
const sampleSize = 50;

async function readShape(text: ExtractText, { delimiter, knownNames }: CsvHead, start: number): Promise<CsvShape> {
  const { name } = text.file;
  const header = await firstRecord(text.handle, delimiter, start);
  if (header === null) throw new UsageFault(`${name} is empty; a file without rows still has its header line`);
  if ('problem' in header) throw new UsageFault(`${name} has a header line that cannot be read (${header.problem})`);
  if (header.values.some((value) => /[\0\ufffd\ufdd0]/.test(value))) {
    throw new UsageFault(`${name} has a header line that is not UTF-8; export it as UTF-8, or set CSV_ENCODING`);
  }
  const names = header.values.map(columnNameOf);
  const sample = await firstRecords(text.handle, delimiter, header.end, sampleSize);
  const fitted = fitHeader(text, names, header.values, sample, delimiter);
  const isHeaderSure = knownNames > 1 || (knownNames === 1 && names.length === 1);
  return { ...fitted, isHeaderSure, rowsStart: header.end };
}

/** Rows needed to blame the whole file. Fewer may be the trailer of an empty export, and are left out. */
const fewestRows = (fields: number, width: number): number => {
  if (fields === 1) return 5;
  return Math.abs(fields - width) === 1 ? 1 : 3;
};

type Fitted = RecordForm & { readonly names: readonly string[] };

/** Accepts a trailing delimiter in the header or in every row; refuses a file if all its rows have another width. */
function fitHeader(
  text: ExtractText,
  names: readonly string[],
  header: readonly string[],
  sample: readonly CsvRecord[],
  delimiter: CsvDelimiter,
): Fitted {
  const width = names.length;
  const usual: Fitted = { delimiter, names, width, mayEndWithDelimiter: false };
  const first = sample[0]?.values.length ?? width;
  const isEvery = sample.every(({ values }) => values.length === first);
  if (!isEvery || first === width || sample.length < fewestRows(first, width)) return usual;
  if (first === width + 1 && sample.every(({ values }) => values[width] === '')) {
    text.remark(
      `Every row of ${text.file.name} ends with a ${delimiterNames[delimiter]} that the header lacks; it was passed over.`,
    );
    return { ...usual, mayEndWithDelimiter: true };
  }
  if (first === width - 1 && header[width - 1]?.trim() === '') {
    return { ...usual, names: names.slice(0, -1), width: width - 1 };
  }
  throw new UsageFault(
    `${text.file.name} has ${width} names in its header, but ${first} fields in every row, parted by ${delimiterNames[delimiter]}; ` +
      'have the export write as many fields as names',
  );
}

const escaped: Readonly<Record<CsvDelimiter, string>> = { ',': ',', ';': ';', '\t': '\\t', '|': '\\|' };

/** `="00123"` as a whole field, Excel's way to keep the zeros of a text. It is invalid CSV, so it is unambiguous. */
const formula = (delimiter: CsvDelimiter): RegExp =>
  new RegExp(`(?<=^|${escaped[delimiter]})="([^"\\r\\n]*)"(?=${escaped[delimiter]}|\\r?$)`, 'gm');

const hasFormulas = (lines: readonly string[], delimiter: CsvDelimiter): boolean =>
  lines.some((line) => formula(delimiter).test(line));

/** Each formula becomes the quoted text in it. One letter a byte, so that invalid UTF-8 keeps its place. */
const withoutFormulas = (delimiter: CsvDelimiter) =>
  async function* rewrite(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const decoder = new StringDecoder('latin1');
    const pattern = formula(delimiter);
    let rest = '';
    for await (const chunk of chunks) {
      const text = rest + decoder.write(chunk);
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      yield Buffer.from(text.slice(0, end).replace(pattern, '"$1"'), 'latin1');
    }
    yield Buffer.from(rest.replace(pattern, '"$1"'), 'latin1');
  };
