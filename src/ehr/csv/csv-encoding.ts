/**
 * Determines the encoding of a file by counting over all of its bytes. A file in another encoding is one fault; a few
 * bad bytes in a UTF-8 file are damage.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { chunksFrom } from './csv-position.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
const surveyChunk = 1024 * 1024;

export type Utf16 = 'utf-16le' | 'utf-16be';

/** Byte statistics of a file in UTF-8 or a single-byte encoding. */
export interface ByteSurvey {
  readonly bytes: number;
  /** Lines with invalid UTF-8. */
  readonly badLines: number;
  /** Bad lines that could be Windows-1252. */
  readonly plausibleLines: number;
  /** Lower bound of the lines with valid UTF-8 letters beyond ASCII. */
  readonly utf8Lines: number;
  readonly isFirstLineBad: boolean;
  /** Zero bytes at the end, the usual trace of a crash. */
  readonly zerosAtEnd: number;
  readonly endsWithLineEnd: boolean;
}

/** Detects UTF-16 by its byte-order mark or by zeros in every other byte. */
export async function utf16Of(file: FileHandle): Promise<Utf16 | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
  const bytes = buffer.subarray(0, bytesRead);
  const mark = bytes.toString('hex', 0, 2);
  if (mark === 'fffe') return 'utf-16le';
  if (mark === 'feff') return 'utf-16be';
  const zeros = [0, 1].map((parity) => bytes.filter((byte, index) => byte === 0 && index % 2 === parity).length);
  const [high = 0, low = 0] = zeros;
  const enough = bytes.length / 20;
  if (low > enough && high < low / 20) return 'utf-16le';
  return high > enough && low < high / 20 ? 'utf-16be' : null;
}

export async function survey(file: FileHandle): Promise<ByteSurvey> {
  const counts = { bytes: 0, badLines: 0, plausibleLines: 0, utf8Lines: 0, isFirstLineBad: false, zerosAtEnd: 0 };
  let last = newline;
  let rest: Buffer = Buffer.alloc(0);
  const count = (lines: Buffer, isFirst: boolean): void => {
    if (isAscii(lines)) return;
    if (isUtf8(lines)) counts.utf8Lines += 1;
    else countLines(lines, isFirst, counts);
  };
  for await (const chunk of chunksFrom(file, 0, surveyChunk)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lineEnd = Math.max(bytes.lastIndexOf(newline), bytes.lastIndexOf(carriageReturn)) + 1;
    // A line longer than a chunk is counted in chunks.
    const end = lineEnd === 0 && bytes.length > surveyChunk ? bytes.length : lineEnd;
    count(bytes.subarray(0, end), counts.bytes === 0);
    rest = bytes.subarray(end);
    counts.bytes += chunk.length;
    const zeros = zerosBehind(chunk);
    counts.zerosAtEnd = zeros === chunk.length ? counts.zerosAtEnd + zeros : zeros;
    if (zeros < chunk.length) last = chunk[chunk.length - zeros - 1] ?? last;
  }
  if (rest.length > 0) count(rest, counts.bytes === rest.length);
  return { ...counts, endsWithLineEnd: last === newline || last === carriageReturn };
}

function countLines(
  lines: Buffer,
  isFirst: boolean,
  counts: { badLines: number; plausibleLines: number; utf8Lines: number; isFirstLineBad: boolean },
): void {
  for (let start = 0; start < lines.length;) {
    const end = nextLineEnd(lines, start);
    const line = lines.subarray(start, end);
    if (!isAscii(line)) {
      if (isUtf8(line)) counts.utf8Lines += 1;
      else {
        counts.badLines += 1;
        if (isPlausible(line)) counts.plausibleLines += 1;
        if (isFirst && start === 0) counts.isFirstLineBad = true;
      }
    }
    start = end;
  }
}

function nextLineEnd(bytes: Buffer, start: number): number {
  const feed = bytes.indexOf(newline, start);
  if (feed !== -1) return feed + 1;
  const carriage = bytes.indexOf(carriageReturn, start);
  return carriage === -1 ? bytes.length : carriage + 1;
}

function zerosBehind(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.length - end;
}

/**
 * Bytes beyond ASCII as Windows-1252 has them in western European text: up to three letters in a row, or a single sign. Excluded are the
 * five bytes that Windows-1252 leaves undefined, and 0xFF, which is usually the trace of a fault.
 */
const westernRun =
  /^(?:[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xfe]{1,3}|[\x80\x82-\x8c\x8e\x91-\x9c\x9e-\xfe])$/;

const isPlausible = (line: Buffer): boolean =>
  (line.toString('latin1').match(/[\x80-\xff]+/g) ?? []).every((run) => westernRun.test(run));

/** Fewer bad lines may be mere damage in an otherwise ASCII file. */
const fewestLines = 4;

/** The file as a whole is Windows-1252 (or Latin-1): its bad lines could be that, and hardly any line is UTF-8. */
export const looksLikeWindows1252 = (seen: ByteSurvey): boolean =>
  (seen.badLines >= fewestLines || seen.isFirstLineBad) &&
  seen.plausibleLines >= seen.badLines * 0.9 &&
  seen.utf8Lines * 20 < seen.badLines;

/** Windows-1252 is possible, but the lines are too few to decide. */
export const couldBeWindows1252 = ({ badLines, plausibleLines, utf8Lines }: ByteSurvey): boolean =>
  badLines > 0 && plausibleLines === badLines && utf8Lines === 0;

/** Valid UTF-8 apart from damage counts as UTF-8, also against the setting. */
export const isMostlyUtf8 = ({ badLines, utf8Lines }: ByteSurvey): boolean => badLines === 0 || utf8Lines > badLines;
