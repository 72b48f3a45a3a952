import { TooMuchText } from '../../postgres/row-by-row.ts';
import type { RawRow } from './ask.ts';

/** Even an empty row takes memory. */
const rowItself = 200;

/** Limits the text of one fetch, in characters; the first row beyond it throws TooMuchText. */
export class FetchBudget {
  /** A row of more bytes stays in the EHR. */
  readonly most: number;
  /** Characters of the sections, by encounter. */
  readonly sizes = new Map<string, number>();
  #spent = 0;

  constructor(most: number) {
    this.most = most;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Returns the size of the row. `times`: the number of copies kept of its text. */
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

/** For fetches of a few rows. */
export const unlimited = (): FetchBudget => new FetchBudget(Infinity);

export const nullIfTooMuch = (error: unknown): null => {
  if (error instanceof TooMuchText) return null;
  throw error;
};
