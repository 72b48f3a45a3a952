/**
 * A SQL_ASCII database stores any bytes as text. Asked for UTF-8, it would end the scan at the first invalid row, so this file takes the
 * raw bytes and checks them. An invalid field becomes the damage mark as a whole, in scans and fetches alike. So does a field with U+FFFD:
 * node-postgres puts that character in place of bytes it cannot decode.
 */
import { isUtf8 } from 'node:buffer';
import { damageMark } from '../../values/damage.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

export const holdsAnyBytes = ({ greeting }: Session): boolean => greeting.encoding === 'SQL_ASCII';

/** Makes the server return such text unconverted. */
export async function takeRawBytes(session: Session): Promise<void> {
  if (holdsAnyBytes(session)) await session.run(statement('ehr/internal/take_raw_bytes'));
}

const replacement = '\u{FFFD}';

export const markedRow = (row: Readonly<Record<string, string | null>>): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value?.includes(replacement) === true ? damageMark : value]),
  );

const newline = 0x0a;
const replacementBytes = Buffer.from(replacement);
/** Latin-1 maps every byte to one character, so all bytes survive. */
const markAsLatin1 = Buffer.from(damageMark).toString('latin1');

const isSound = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(replacementBytes);

/** Lines of COPY with damaged fields marked. Whole chunks are checked first, and single lines only in a bad chunk. */
export async function* markedLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    const lines = joined(rest, chunk.subarray(0, end));
    rest = end === 0 ? joined(rest, chunk) : chunk.subarray(end);
    if (end > 0) yield isSound(lines) ? lines : marked(lines);
  }
  if (rest.length > 0) yield rest;
}

const joined = (one: Buffer, other: Buffer): Buffer => (one.length === 0 ? other : Buffer.concat([one, other]));

function marked(lines: Buffer): Buffer {
  const all = lines.toString('latin1').split('\n');
  return Buffer.from(all.map((line) => withMarks(line)).join('\n'), 'latin1');
}

const withMarks = (line: string): string =>
  line
    .split('\t')
    .map((field) => (isSound(Buffer.from(field, 'latin1')) ? field : markAsLatin1))
    .join('\t');
