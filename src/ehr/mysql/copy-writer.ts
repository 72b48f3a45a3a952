import { isUtf8 } from 'node:buffer';
import { encodeCopyField } from '../../contract/row/copy-text.ts';
import { damageMark } from '../../values/damage.ts';

/** A little more than is gathered before it is taken. */
const usualBytes = 80 * 1024;

const [tab, newline, backslash, capitalN] = [0x09, 0x0a, 0x5c, 0x4e] as const;
const mark = Buffer.from(damageMark);
/** The letter behind the backslash of a control character that COPY escapes; 0 for the others. */
const letters = Uint8Array.from({ length: 32 }, (_, code) => {
  const [first, letter = ''] = encodeCopyField(String.fromCharCode(code));
  return first === '\\' ? letter.charCodeAt(0) : 0;
});

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);

/** Writes lines of COPY from UTF-8 (`copy-text.ts` does so from strings). */
export class CopyWriter {
  /** What was written are the first `length` bytes. */
  out: Buffer = Buffer.allocUnsafe(usualBytes);
  length = 0;
  #outView = viewOf(this.out);
  #from: Buffer = Buffer.alloc(0);
  #fromView = viewOf(this.#from);

  /** Makes room for `bytes` of values in `columns`, and for `besides` more. */
  reserve(bytes: number, columns: number, besides: number): void {
    // Each byte may need a backslash, and a mark may be longer than its value.
    const length = this.length + 2 * bytes + (mark.length + 1) * columns + besides;
    if (length <= this.out.length) return;
    const larger = Buffer.allocUnsafe(2 * length);
    this.out.copy(larger, 0, 0, this.length);
    this.#continueIn(larger);
  }

  tab(): void {
    this.out[this.length++] = tab;
  }

  endLine(): void {
    this.out[this.length++] = newline;
  }

  nothing(): void {
    this.out[this.length++] = backslash;
    this.out[this.length++] = capitalN;
  }

  text(text: string): void {
    this.length += this.out.write(text, this.length);
  }

  /** A value, which is `bytes` from `from` to `to`. One with a zero byte becomes the damage mark: the ledger holds none. */
  value(bytes: Buffer, from: number, to: number): void {
    if (bytes !== this.#from) {
      this.#from = bytes;
      this.#fromView = viewOf(bytes);
    }
    const begin = this.length;
    const read = this.#fromView;
    const write = this.#outView;
    let at = from;
    let length = begin;
    // Four bytes at a time takes half as long.
    for (; at + 4 <= to; at += 4, length += 4) {
      const four = read.getInt32(at, true);
      if (hasSpecial(four)) break;
      write.setInt32(length, four, true);
    }
    this.length = length;
    if (at < to) this.#byByte(bytes, at, to, begin);
  }

  /** What was written since the last time. Bytes that are not UTF-8 become U+FFFD, as the driver reads them. */
  take(): Buffer {
    const lines = this.out.subarray(0, this.length);
    this.#continueIn(Buffer.allocUnsafe(usualBytes));
    this.length = 0;
    return isUtf8(lines) ? lines : Buffer.from(lines.toString());
  }

  #byByte(bytes: Buffer, from: number, to: number, begin: number): void {
    const { out } = this;
    let length = this.length;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === 0) {
        this.length = begin + mark.copy(out, begin);
        return;
      }
      const letter = byte === backslash ? backslash : (letters[byte] ?? 0);
      if (letter !== 0) out[length++] = backslash;
      out[length++] = letter === 0 ? byte : letter;
    }
    this.length = length;
  }

  #continueIn(out: Buffer): void {
    this.out = out;
    this.#outView = viewOf(out);
  }
}

/** Is one of four bytes below a blank, or a backslash? (Anderson, "Bit Twiddling Hacks", "Determine if a word has a byte less than n".) */
const hasSpecial = (four: number): boolean =>
  (((four - 0x20202020) | ((four ^ 0x5c5c5c5c) - 0x01010101)) & ~four & 0x80808080) !== 0;
