import { TooMuchText } from '../../postgres/row-by-row.ts';
import type { RawRow } from './ask.ts';

/** A row without any text takes memory as well. */
const rowItself = 200;

/** How much text one fetch may bring, in characters. The rows that would exceed it are not kept. */
export class FetchBudget {
  /** A row of more bytes does not even leave the EHR. */
  readonly most: number;
  /** By the encounter, what its sections took. */
  readonly sizes = new Map<string, number>();
  #spent = 0;

  constructor(most: number) {
    this.most = most;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Gives the size of the row. `times`: as often as its text is kept. */
  take(row: RawRow, times = 1): number {
    let size = rowItself;
    for (const column in row) size += row[column]?.length ?? 0;
    this.#spent += size * times;
    if (this.#spent > this.most) throw new TooMuchText();
    return size;
  }

  takeOf(encounterId: string, row: RawRow): void {
    this.sizes.set(encounterId, (this.sizes.get(encounterId) ?? 0) + this.take(row));
  }
}

/** For a fetch of rows that are few. */
export const unlimited = (): FetchBudget => new FetchBudget(Infinity);

export const nullIfTooMuch = (error: unknown): null => {
  if (error instanceof TooMuchText) return null;
  throw error;
};
