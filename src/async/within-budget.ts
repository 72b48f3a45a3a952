/** Cuts a fetch into pieces with texts that fit into memory. */

/**
 * Characters of the rows that are held at once (16 MB): of what waits to be sent. A page of calls has half as many. A message may have each text twice,
 * so what is made of them is twice as large.
 */
export const usualPageSize = 16_000_000;

export interface Piece<Item, Found> {
  readonly items: readonly Item[];
  /** Null where a single item is too large. */
  readonly found: Found | null;
}

interface Fetching<Item, Found> {
  /** Null where it would be too much. */
  readonly fetch: (items: readonly Item[]) => Promise<Found | null>;
  /** Less than half of what may be held at once. */
  readonly isSmall: (found: Found) => boolean;
  /** Where to end instead, at most at `end`, so that what belongs together stays together. */
  readonly cut?: (items: readonly Item[], from: number, end: number) => number;
}

/**
 * Everything at once where it fits; else half as many, until one is left. Once that has been too much, twice as many after each small
 * piece. So rows of ordinary size cost no question more, and of large ones at most one piece in two is read in vain.
 */
export async function* withinBudget<Item, Found>(
  pages: AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>,
  { fetch, isSmall, cut = (_items, _from, end) => end }: Fetching<Item, Found>,
): AsyncGenerator<Piece<Item, Found>> {
  let most = Infinity;
  for await (const page of pages) {
    for (let from = 0; from < page.length;) {
      const items = page.slice(from, cut(page, from, Math.min(page.length, from + most)));
      const found = await fetch(items);
      if (found === null && items.length > 1) {
        most = Math.floor(items.length / 2);
        continue;
      }
      from += items.length;
      if (found !== null && isSmall(found)) most = Math.max(most, items.length * 2);
      yield { items, found };
    }
  }
}
