import { TooMuchText } from '../../fault.ts';
import type { RawRow } from '../engine.ts';

/** Even an empty row takes memory. */
const rowItself = 200;

/** Limits the text of one fetch, in characters; the first row beyond it throws TooMuchText. */
export class FetchBudget {
  /** A row of more bytes stays in the EHR. */
  readonly most: number;
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

  /** The same, added to what its visit or patient has in `sizes`. */
  takeOf(sizes: Map<string, number>, id: string, row: RawRow): void {
    sizes.set(id, (sizes.get(id) ?? 0) + this.take(row));
  }
}

/** For fetches of a few rows. */
export const unlimited = (): FetchBudget => new FetchBudget(Infinity);

export const nullIfTooMuch = (error: unknown): null => {
  if (error instanceof TooMuchText) return null;
  throw error;
};
