import { StringDecoder } from 'node:string_decoder';
import type { CsvDelimiter } from '../../config/format/formats.ts';

const escaped: Readonly<Record<CsvDelimiter, string>> = { ',': ',', ';': ';', '\t': '\\t', '|': '\\|' };

/** `="00123"` as a whole field, Excel's way to keep the zeros of a text. It is invalid CSV, so it is unambiguous. */
const formula = (delimiter: CsvDelimiter): RegExp =>
  new RegExp(`(?<=^|${escaped[delimiter]})="([^"\\r\\n]*)"(?=${escaped[delimiter]}|\\r?$)`, 'gm');

export const hasFormulas = (lines: readonly string[], delimiter: CsvDelimiter): boolean =>
  lines.some((line) => formula(delimiter).test(line));

/** Each formula becomes the quoted text in it. One letter a byte, so that invalid UTF-8 keeps its place. */
export const withoutFormulas = (delimiter: CsvDelimiter) =>
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
