import type { FileHandle } from 'node:fs/promises';
import type { ExtractSettings } from '../../config/config.ts';
import { UsageFault } from '../../fault.ts';
import { fromUtf16, fromWindows1252, withLineFeeds, withSingleReturns } from './csv-decoding.ts';
import {
  type ByteSurvey,
  couldBeWindows1252,
  isMostlyUtf8,
  looksLikeWindows1252,
  survey,
  utf16Of,
} from './csv-encoding.ts';
import { openFile, type CsvFile } from './csv-files.ts';
import { isPackingFault, type Rewriting, rewritten, unpacked, upTo } from './csv-rewriting.ts';

type Encoding = ExtractSettings['encoding'];

/** A file as UTF-8 with line feeds: the original, or a converted copy. */
export class ExtractText {
  readonly file: CsvFile;
  /** Notes on how it was read. */
  readonly remarks: { readonly sentence: string; readonly isWarning: boolean }[] = [];
  handle: FileHandle;
  /** Offset after the byte-order mark. */
  start = 0;
  endsWithLineEnd = true;
  /** In bytes, unpacked. */
  size = 0;
  /** Zero bytes after the end of the text. */
  zerosAtEnd = 0;

  /** Use `openText`. */
  constructor(file: CsvFile, handle: FileHandle) {
    this.file = file;
    this.handle = handle;
  }

  remark(sentence: string, isWarning = false): void {
    this.remarks.push({ sentence, isWarning });
  }

  async rewrite(...rewritings: readonly Rewriting[]): Promise<void> {
    if (rewritings.length > 0) this.handle = await rewritten(this.handle, ...rewritings);
  }

  async bytesAt(position: number, size: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(size), 0, size, position);
    return buffer.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Opens and decodes the file; throws a UsageFault if the whole file is unreadable. The caller closes the text. */
export async function openText(file: CsvFile, encoding: Encoding): Promise<ExtractText> {
  const text = new ExtractText(file, await openFile(file));
  try {
    await unpack(text);
    await decode(text, encoding);
    return text;
  } catch (error) {
    await text.close();
    throw error;
  }
}

async function unpack(text: ExtractText): Promise<void> {
  const { name } = text.file;
  const magic = (await text.bytesAt(0, 4)).toString('hex');
  if (magic === '504b0304') throw new UsageFault(`${name} is a ZIP archive or a workbook; export it as CSV`);
  if (!magic.startsWith('1f8b')) return;
  await text.rewrite(unpacked).catch((error: unknown) => {
    if (!isPackingFault(error)) throw error;
    throw new UsageFault(`${name} is packed, but cut off or damaged (${error.code}); have the export write it again`);
  });
}

async function decode(text: ExtractText, encoding: Encoding): Promise<void> {
  const { name } = text.file;
  const utf16 = await utf16Of(text.handle);
  if (utf16 !== null) {
    if (encoding !== 'utf-16') throw new UsageFault(`${name} is UTF-16; ${setOrExport('utf-16')}`);
    await text.rewrite(fromUtf16(utf16));
  }
  const seen = await survey(text.handle);
  const western = utf16 === null && isToDecode(name, seen, encoding);
  if (encoding !== 'utf-8' && utf16 === null && !western && seen.utf8Lines > 0) {
    text.remark(`${name} is UTF-8 and was read as such, although CSV_ENCODING is ${encoding}.`);
  }
  if (!western && couldBeWindows1252(seen)) {
    const advice = 'if it is Windows-1252, set CSV_ENCODING=windows-1252, and they are read';
    text.remark(
      `${name} has letters that are not UTF-8 in ${counted(seen.badLines)}, which were left out; ${advice}.`,
      true,
    );
  }
  const end = seen.bytes - seen.zerosAtEnd;
  if (end === 0 && seen.bytes > 0) {
    throw new UsageFault(`${name} holds nothing but zero bytes; have the export write it again`);
  }
  const isMarked = endMarks.includes((await text.bytesAt(Math.max(0, end - 2), Math.min(end, 2))).toString('latin1'));
  const rewritings = [
    ...(seen.zerosAtEnd > 0 || isMarked ? [upTo(isMarked ? end - 1 : end)] : []),
    ...(western ? [fromWindows1252] : []),
    ...(await lineEndsOf(text)),
  ];
  await text.rewrite(...rewritings);
  text.size = seen.bytes;
  text.zerosAtEnd = seen.zerosAtEnd;
  text.endsWithLineEnd = seen.endsWithLineEnd || isMarked;
  text.start = (await text.bytesAt(0, 3)).toString('hex') === 'efbbbf' ? 3 : 0;
}

/** DOS programs end a file with this sign. */
const endMarks: readonly string[] = ['\n\x1a', '\r\x1a'];

function isToDecode(name: string, seen: ByteSurvey, encoding: Encoding): boolean {
  if (encoding === 'windows-1252') return !isMostlyUtf8(seen);
  if (!looksLikeWindows1252(seen)) return false;
  throw new UsageFault(
    `${name} is not UTF-8 but looks like Windows-1252 (or Latin-1) in ${counted(seen.badLines)}; ${setOrExport('windows-1252')}`,
  );
}

const counted = (lines: number): string => (lines === 1 ? '1 line' : `${lines} lines`);

const setOrExport = (encoding: Encoding): string => `set CSV_ENCODING=${encoding}, or export it as UTF-8`;

/** More than any header line takes. */
const headBytes = 64 * 1024;

/** Rewritings that normalise line ends; the first line, up to its line feed, shows their kind. */
async function lineEndsOf(text: ExtractText): Promise<Rewriting[]> {
  const head = (await text.bytesAt(0, headBytes)).toString('latin1');
  const [line = ''] = head.split('\n', 1);
  if (line.length < head.length && line.endsWith('\r\r')) return [withSingleReturns];
  const withoutQuoted = line.replaceAll(/"[^"]*"/g, '');
  const hasReturns = /\r[^\r]/.test(withoutQuoted) || (line.length === head.length && withoutQuoted.endsWith('\r'));
  return hasReturns ? [withLineFeeds] : [];
}
