/**
 * Finds the header and the delimiter of a CSV file by the column names that the contract expects, so a title above it
 * or another delimiter needs no setting.
 */
import { parse } from 'csv-parse/sync';
import type { CsvDelimiter } from '../../config/format/formats.ts';
import { columnNameOf } from '../landing/landing-name.ts';

export interface CsvHead {
  readonly delimiter: CsvDelimiter;
  readonly linesAbove: number;
  /** Number of expected names in the header; two prove that it is a header and not a patient's row. */
  readonly knownNames: number;
}

interface Asked {
  /** The first lines of the file, line ends removed. */
  readonly lines: readonly string[];
  /** The expected column names, in landed form. */
  readonly words: ReadonlySet<string>;
  /** CSV_DELIMITER. */
  readonly wanted: CsvDelimiter | null;
}

const delimiters: readonly CsvDelimiter[] = [',', ';', '\t', '|'];
export const delimiterNames: Readonly<Record<CsvDelimiter, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};

/** A title takes at most this many lines. */
const mostLinesAbove = 10;

/** Finds the header, or returns a fault: a sentence that omits its full stop. */
export function findHead(file: string, asked: Asked): CsvHead | { readonly fault: string } {
  const excel = separatorLine(asked.lines[0] ?? '');
  if (excel !== null && !isDelimiter(excel)) {
    return { fault: `${file} has sep=${excel}, an unsupported delimiter; export it with commas` };
  }
  const below = excel === null ? asked : { ...asked, lines: asked.lines.slice(1) };
  const head = headAmong(below, excel === null || asked.wanted !== null ? delimiters : [excel]);
  const above = excel === null ? 0 : 1;
  const { wanted } = asked;
  if (wanted !== null && wanted !== head.delimiter && head.knownNames > 1) {
    return {
      fault:
        `${file} is separated by ${delimiterNames[head.delimiter]}, but CSV_DELIMITER is ${delimiterNames[wanted]}; ` +
        `set CSV_DELIMITER=${delimiterNames[head.delimiter]}, or remove it: the header shows the delimiter`,
    };
  }
  const other = head.knownNames > 1 ? null : otherSign(below);
  if (other !== null) {
    return { fault: `${file} is separated by "${other}", an unsupported delimiter; export it with commas` };
  }
  const skipped = below.lines.slice(0, head.linesAbove);
  if (skipped.some((line) => !isTitle(line, head.delimiter, below.lines[head.linesAbove] ?? ''))) {
    return {
      fault: `${file} has its header in line ${head.linesAbove + above + 1}, with rows above it; export it with the header on top`,
    };
  }
  return { ...head, linesAbove: head.linesAbove + above };
}

/** Excel's own first line, `sep=;`; a spreadsheet that saves it again appends delimiters. */
const separatorLine = (line: string): string | null => /^"?sep=(.)"?[,;\t|]*$/iu.exec(line)?.[1] ?? null;

const isDelimiter = (sign: string): sign is CsvDelimiter => (delimiters as readonly string[]).includes(sign);

/** The line and delimiter that yield the most column names; the first line if none does. */
function headAmong({ lines, words, wanted }: Asked, among: readonly CsvDelimiter[]): CsvHead {
  const first: CsvHead = { delimiter: wanted ?? usual(lines, among), linesAbove: 0, knownNames: 0 };
  // The wanted delimiter comes first, so it wins a tie.
  const inOrder = [...among].sort((one, other) => Number(other === first.delimiter) - Number(one === first.delimiter));
  return lines.slice(0, mostLinesAbove + 1).reduce(
    (best, line, linesAbove) =>
      inOrder.reduce((better, delimiter) => {
        const knownNames = knownIn(line, delimiter, words);
        // Below the first line, one matching name may be chance.
        const isBetter = knownNames > better.knownNames && (knownNames > 1 || linesAbove === 0);
        return isBetter ? { delimiter, linesAbove, knownNames } : better;
      }, best),
    first,
  );
}

/** For unknown names: the only sign that splits the first lines evenly, else a comma. */
function usual(lines: readonly string[], among: readonly CsvDelimiter[]): CsvDelimiter {
  const [header = '', ...rows] = lines.filter((line) => line !== '').slice(0, 5);
  const parting = among.filter((sign) => {
    const width = fieldsOf(header, sign).length;
    return width > 1 && rows.every((row) => fieldsOf(row, sign).length === width);
  });
  const [only, other] = parting;
  return only !== undefined && other === undefined ? only : (among.find((sign) => sign === ',') ?? among[0] ?? ',');
}

const knownIn = (line: string, delimiter: CsvDelimiter, words: ReadonlySet<string>): number =>
  new Set(
    fieldsOf(line, delimiter)
      .map(columnNameOf)
      .filter((name) => words.has(name)),
  ).size;

/** Also splits malformed lines; a stray quote is reported later. */
function fieldsOf(line: string, delimiter: CsvDelimiter): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    return parse(line, { delimiter, relax_quotes: true, relax_column_count: true })[0] ?? [];
  } catch {
    return line.split(delimiter);
  }
}

/** A title line is narrower than a row, or has few fields filled. */
function isTitle(line: string, delimiter: CsvDelimiter, header: string): boolean {
  const fields = fieldsOf(line, delimiter);
  const { length: width } = fieldsOf(header, delimiter);
  const filled = fields.filter((field) => field.trim() !== '').length;
  return fields.length < width || filled <= 1 || filled < width / 2;
}

/** An unsupported delimiter that splits the first line into expected names. */
function otherSign({ lines: [line = ''], words }: Asked): string | null {
  const signs = new Set(line.match(/[^\p{L}\p{M}\p{N}_"'\s,;|-]/gu) ?? []);
  const parts = (sign: string): boolean => {
    const names = line.split(sign).map((name, index) => columnNameOf(name.replaceAll('"', ''), index));
    return new Set(names.filter((name) => words.has(name))).size > 1;
  };
  return [...signs].find(parts) ?? null;
}
