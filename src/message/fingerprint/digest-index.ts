import type { Fingerprint } from './fingerprint.ts';

const digestBytes = 16;
const entryBytes = digestBytes + 8;

/**
 * Which digests are known, and the key of each, found by halving: 25 bytes a digest, where a map of strings takes five times as
 * many, and leaves as much to collect. A sweep of millions of rows knows tens of thousands.
 */
export class DigestIndex {
  static readonly entryBytes = entryBytes;
  readonly #entries: Buffer;
  readonly #isTaken: Uint8Array;
  readonly #sought = Buffer.alloc(digestBytes);

  /** `entries`: of each a digest and a key of 64 bits, big-endian, in the order of the digests. */
  constructor(entries: Buffer) {
    this.#entries = entries;
    this.#isTaken = new Uint8Array(entries.length / entryBytes);
  }

  /** True where the digest is known and was not taken before. Of several that are alike only the first one can be. */
  take(digest: Fingerprint): boolean {
    this.#sought.write(digest, 'hex');
    const found = this.#firstFromSought();
    if (found === this.#isTaken.length || this.#compareTo(found) !== 0 || this.#isTaken[found] === 1) return false;
    this.#isTaken[found] = 1;
    return true;
  }

  /** The keys of those that were not taken. */
  left(): number[] {
    const keys: number[] = [];
    for (const [at, isTaken] of this.#isTaken.entries()) {
      if (isTaken === 0) keys.push(Number(this.#entries.readBigInt64BE(at * entryBytes + digestBytes)));
    }
    return keys;
  }

  /** Where the first digest stands that does not come before the one that is sought. */
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
