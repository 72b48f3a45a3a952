/**
 * A row of a prepared statement whose columns are all texts, as it travels: a zero, a bit for each column that is null, and the other
 * values, each behind its length (MySQL Source Code Documentation, "Binary Protocol Resultset Row").
 */
export class TextRow {
  /** The bytes of the current value are `bytes` from `from` to `to`. */
  bytes: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  readonly #columns: number;
  #column = 0;
  #nulls = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  begin(bytes: Buffer, start: number): void {
    this.bytes = bytes;
    this.#column = 0;
    this.#nulls = start + 1;
    // The first two bits belong to no column.
    this.to = this.#nulls + ((this.#columns + 9) >> 3);
  }

  /** Goes to the next column. Returns false if it is null. */
  next(): boolean {
    const bit = this.#column + 2;
    this.#column += 1;
    if ((((this.bytes[this.#nulls + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 1) return false;
    const first = this.bytes[this.to] ?? 0;
    if (first < 251) {
      this.from = this.to + 1;
      this.to = this.from + first;
    } else this.#long(first);
    return true;
  }

  #long(first: number): void {
    const width = first === 252 ? 2 : first === 253 ? 3 : 8;
    // No packet is longer than six bytes say.
    const length = this.bytes.readUIntLE(this.to + 1, Math.min(width, 6));
    this.from = this.to + 1 + width;
    this.to = this.from + length;
  }
}
