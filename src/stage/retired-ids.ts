import type { Readable } from 'node:stream';
import { decodeCopyField } from '../contract/row/copy-text.ts';

/** The key of a merge, wanted as such. */
interface WantedMerge {
  readonly entity: 'merge';
  readonly id: string;
}

/** A longer key is taken out of the stage, and fits into no index. */
const longestKeyBytes = 2000;

/** The retired patients of scanned merges, as the bytes stream through. */
export async function* retiredIds(lines: Readable): AsyncGenerator<WantedMerge, void, undefined> {
  let rest: Buffer[] = [];
  for await (const piece of lines) {
    const chunk = piece as Buffer;
    const end = chunk.lastIndexOf(newline) + 1;
    const whole = end === 0 ? '' : Buffer.concat([...rest, chunk.subarray(0, end)]).toString();
    rest = end === 0 ? [...rest, chunk] : [chunk.subarray(end)];
    for (const line of whole.split('\n')) {
      const id = decodeCopyField(line.split('\t', 2)[1] ?? '') ?? '';
      if (id !== '' && Buffer.byteLength(id) <= longestKeyBytes) yield { entity: 'merge', id };
    }
  }
}

const newline = 0x0a;
