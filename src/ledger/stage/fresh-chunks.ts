import type { Fingerprint } from '../../message/fingerprint/fingerprint.ts';

const digestBytes = 16;
const entryBytes = digestBytes + 4;
const entriesPerPage = 8_192;

/** The chunks that a scan has staged, until their rows are all there: 20 bytes each, which is a sixth of a byte per row. */
export class FreshChunks {
  readonly #pages: Buffer[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(digest: Fingerprint, rows: number): void {
    const at = (this.#count % entriesPerPage) * entryBytes;
    if (at === 0) this.#pages.push(Buffer.alloc(entriesPerPage * entryBytes));
    const page = this.#pages.at(-1);
    page?.write(digest, at, 'hex');
    page?.writeUInt32BE(rows, at + digestBytes);
    this.#count += 1;
  }

  /** For COPY, a page at a time; the keys count from `firstId`. */
  *lines(firstId: number, entity: string): Generator<string> {
    for (const [index, page] of this.#pages.entries()) {
      const first = index * entriesPerPage;
      const entries = Math.min(entriesPerPage, this.#count - first);
      let lines = '';
      for (let entry = 0; entry < entries; entry += 1) {
        const at = entry * entryBytes;
        const digest = page.toString('hex', at, at + digestBytes);
        lines += `${firstId + first + entry}\t${entity}\t${digest}\t${page.readUInt32BE(at + digestBytes)}\n`;
      }
      yield lines;
    }
  }
}
