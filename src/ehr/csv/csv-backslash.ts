/**
 * Rewrites records with MySQL's backslash escapes as RFC 4180 records
 * (https://dev.mysql.com/doc/refman/8.4/en/load-data.html, "Field and Line Handling").
 */
import { StringDecoder } from 'node:string_decoder';
import type { CsvDelimiter } from '../../config/format/formats.ts';

const meanings: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** A longer record has an unclosed quote; it passes unchanged, and the parser reports it. */
const mostLines = 200;

/** One letter a byte, so that invalid UTF-8 keeps its place. */
export const withoutBackslashes = (delimiter: CsvDelimiter) =>
  async function* rewrite(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const decoder = new StringDecoder('latin1');
    const open: string[] = [];
    let rest = '';
    for await (const chunk of chunks) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      open.push(...lines);
      yield Buffer.from(recordsFrom(open, delimiter, false), 'latin1');
    }
    if (rest !== '') open.push(rest);
    const last = recordsFrom(open, delimiter, true);
    yield Buffer.from(rest === '' ? last : last.slice(0, -1), 'latin1');
  };

/** Removes the complete records from the lines and returns them; an incomplete one stays. */
function recordsFrom(lines: string[], delimiter: CsvDelimiter, isEnd: boolean): string {
  let text = '';
  let taken = 0;
  while (taken < lines.length) {
    const found = recordAt(lines, taken, delimiter);
    if (found === null && !isEnd && lines.length - taken < mostLines) break;
    text += `${found?.text ?? lines[taken] ?? ''}\n`;
    taken += found?.lines ?? 1;
  }
  lines.splice(0, taken);
  return text;
}

/** The record that begins at the line, over as many lines as it has; null if its end is still to come. */
function recordAt(
  lines: readonly string[],
  index: number,
  delimiter: CsvDelimiter,
): { readonly text: string; readonly lines: number } | null {
  let record = lines[index] ?? '';
  if (!/[\\"]/.test(record)) return { text: record, lines: 1 };
  for (let count = 1; count <= mostLines && index + count <= lines.length; count += 1) {
    if (count > 1) record += `\n${lines[index + count - 1] ?? ''}`;
    const text = plainRecord(record, delimiter);
    if (text === 'open') continue;
    return text === null ? { text: lines[index] ?? '', lines: 1 } : { text, lines: count };
  }
  return null;
}

/** `open` if a quote or a final backslash continues on the next line; null for a misplaced quote. */
function plainRecord(given: string, delimiter: CsvDelimiter): string | null {
  const ended = given.endsWith('\r');
  const record = ended ? given.slice(0, -1) : given;
  const fields: string[] = [];
  let position = 0;
  for (;;) {
    const field = fieldAt(record, position, delimiter);
    if (field === null || field === 'open') return field;
    fields.push(field.text);
    if (field.end >= record.length) break;
    position = field.end + 1;
    if (position === record.length) {
      fields.push('');
      break;
    }
  }
  return fields.join(delimiter) + (ended ? '\r' : '');
}

type Field = { readonly text: string; readonly end: number } | 'open' | null;

function fieldAt(record: string, start: number, delimiter: CsvDelimiter): Field {
  const isQuoted = record[start] === '"';
  let value = '';
  let position = isQuoted ? start + 1 : start;
  for (; ; position += 1) {
    const sign = record[position];
    if (sign === undefined) {
      if (isQuoted) return 'open';
      break;
    }
    if (sign === '\\') {
      position += 1;
      const escaped = record[position];
      if (escaped === undefined) return 'open';
      value += meanings[escaped] ?? escaped;
    } else if (isQuoted && sign === '"') {
      if (record[position + 1] !== '"') {
        position += 1;
        break;
      }
      value += '"';
      position += 1;
    } else if (!isQuoted && sign === delimiter) break;
    else if (!isQuoted && sign === '"') return null;
    else value += sign;
  }
  const next = record[position];
  if (next !== undefined && next !== delimiter) return null;
  const isNull = nothing.has(record.slice(start, position));
  return { text: isNull ? '' : quotedWhereNeeded(value, delimiter), end: position };
}

/** MySQL's NULL, also as written by programs that quote every field. */
const nothing: ReadonlySet<string> = new Set(['\\N', '"\\N"']);

const quotedWhereNeeded = (value: string, delimiter: CsvDelimiter): string =>
  value.includes(delimiter) || /["\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
