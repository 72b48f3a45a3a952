import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DigestIndex } from '../../../src/message/fingerprint/digest-index.ts';

/** Few enough to meet each other again. */
const someDigest = fc.integer({ min: 0, max: 40 }).map((n) => (n * 0x05_4321_0000).toString(16).padStart(32, '0'));

function indexOf(entries: readonly (readonly [string, number])[]): DigestIndex {
  return new DigestIndex(
    Buffer.concat(
      entries.map(([digest, key]) => {
        const bytes = Buffer.alloc(24);
        bytes.write(digest, 'hex');
        bytes.writeBigInt64BE(BigInt(key), 16);
        return bytes;
      }),
    ),
  );
}

describe('an index of digests', () => {
  test('gives each digest once, and lists the rest, as a map does', () => {
    fc.assert(
      fc.property(fc.uniqueArray(someDigest), fc.array(someDigest), (known, sought) => {
        const entries = known.sort().map((digest, at) => [digest, 7 * 2 ** 32 + at] as const);
        const index = indexOf(entries);
        const map = new Map(entries);
        expect(sought.map((digest) => index.take(digest))).toEqual(sought.map((digest) => map.delete(digest)));
        expect([...index.left(2)].flat()).toEqual([...map.values()]);
      }),
    );
  });

  test('gives the first of several equal ones, once', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
    const index = indexOf([
      [a, 1],
      [b, 4],
      [b, 3],
      [b, 2],
      [c, 5],
    ]);
    expect([index.take(b), index.take(b), index.take(c)]).toEqual([true, false, true]);
    expect([...index.left(2)]).toEqual([[1, 3], [2]]);
  });
});
