import type { Fingerprint } from './fingerprint.ts';

const digestBytes = 16;
const entryBytes = digestBytes + 8;

/**
 * A set of digests with a key for each, found by binary search. It takes 25 bytes per digest; a map of strings takes
 * five times as much and burdens the garbage collector. A sweep of millions of rows has tens of thousands of digests.
 */
export class DigestIndex {
  static readonly entryBytes = entryBytes;
  readonly #entries: Buffer;
  readonly #isTaken: Uint8Array;
  readonly #sought = Buffer.alloc(digestBytes);

  /** `entries`: for each a digest and a 64-bit big-endian key, sorted by digest. */
  constructor(entries: Buffer) {
    this.#entries = entries;
    this.#isTaken = new Uint8Array(entries.length / entryBytes);
  }

  /** True if the digest is in the index and was not taken before. Of several equal digests only the first can be taken. */
  take(digest: Fingerprint): boolean {
    this.#sought.write(digest, 'hex');
    const found = this.#firstFromSought();
    if (found === this.#isTaken.length || this.#compareTo(found) !== 0 || this.#isTaken[found] === 1) return false;
    this.#isTaken[found] = 1;
    return true;
  }

  /** The keys of the digests that were not taken, page by page. */
  *left(pageSize: number): Generator<number[]> {
    let keys: number[] = [];
    for (let at = 0; at < this.#isTaken.length; at += 1) {
      if (this.#isTaken[at] === 1) continue;
      keys.push(Number(this.#entries.readBigInt64BE(at * entryBytes + digestBytes)));
      if (keys.length < pageSize) continue;
      yield keys;
      keys = [];
    }
    if (keys.length > 0) yield keys;
  }

  /** The position of the first digest that is not less than the sought one. */
  #firstFromSought(): number {
    let from = 0;
    let to = this.#isTaken.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#compareTo(middle) > 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #compareTo(at: number): number {
    return this.#sought.compare(this.#entries, at * entryBytes, at * entryBytes + digestBytes);
  }
}
