import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, withinBudget } from '../../../src/async/within-budget.ts';

const most = 100;

interface Cut {
  readonly pieces: readonly Piece<number, number>[];
  /** How often was asked, in vain or not. */
  readonly fetches: number;
}

/** Items are sizes; what is found is their sum. */
async function cutUp(pages: readonly (readonly number[])[]): Promise<Cut> {
  let fetches = 0;
  const fetch = (sizes: readonly number[]): Promise<number | null> => {
    fetches += 1;
    const sum = sizes.reduce((total, size) => total + size, 0);
    return Promise.resolve(sum > most ? null : sum);
  };
  const pieces: Piece<number, number>[] = [];
  for await (const piece of withinBudget(pages, { fetch, isSmall: (sum) => sum * 2 < most })) pieces.push(piece);
  return { pieces, fetches };
}

describe('pieces within a budget', () => {
  it('are the pages themselves when they fit, one query each', async () => {
    const { pieces, fetches } = await cutUp([[10, 20, 30], [40]]);
    expect(pieces).toEqual([
      { items: [10, 20, 30], found: 60 },
      { items: [40], found: 40 },
    ]);
    expect(fetches).toBe(2);
  });

  it('contain every item once, in order, except a too large one', async () => {
    const size = fc.oneof({ weight: 5, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(300) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(size, { maxLength: 40 }), { maxLength: 5 }), async (pages) => {
        const { pieces } = await cutUp(pages);
        expect(pieces.flatMap(({ items }) => items)).toEqual(pages.flat());
        for (const { items, found } of pieces) {
          if (found === null) expect(items).toEqual([expect.toSatisfy((one: number) => one > most)]);
          else expect(found).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('grow again after large items, with few extra queries', async () => {
    const large = Array.from({ length: 200 }, () => 30);
    const small = Array.from({ length: 1_000 }, () => 0.01);
    const { pieces, fetches } = await cutUp([large, small, small, small]);
    expect(pieces.at(-1)?.items).toHaveLength(1_000);
    expect(fetches).toBeLessThan(2 * pieces.length);
  });
});
