import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readAhead } from '../../../src/async/read-ahead.ts';

/** Pages 1 to `last`, and what was done in which order; after page `failsAfter` the source breaks. */
function source(
  last: number,
  failsAfter = Infinity,
): { readonly pages: AsyncGenerator<number>; readonly log: string[] } {
  const log: string[] = [];
  async function* pages(): AsyncGenerator<number> {
    try {
      for (let page = 1; page <= last; page += 1) {
        await turn();
        log.push(`read ${page}`);
        yield page;
        if (page === failsAfter) throw new Error('broken');
      }
    } finally {
      log.push('closed');
    }
  }
  return { pages: pages(), log };
}

describe('reading ahead', () => {
  it('reads exactly one page ahead during the work', async () => {
    const { pages, log } = source(3);
    for await (const page of readAhead(pages)) {
      for (let turns = 0; turns < 5; turns += 1) await turn();
      log.push(`worked ${page}`);
    }
    expect(log).toEqual(['read 1', 'read 2', 'worked 1', 'read 3', 'worked 2', 'closed', 'worked 3']);
  });

  it('gives what was read before the source broke, then the failure', async () => {
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      for await (const page of readAhead(source(3, 2).pages)) {
        for (let turns = 0; turns < 5; turns += 1) await turn();
        seen.push(page);
      }
    };
    await expect(work()).rejects.toThrow('broken');
    expect(seen).toEqual([1, 2]);
  });

  it('closes the source after its page when the work fails', async () => {
    const { pages, log } = source(3);
    const work = async (): Promise<void> => {
      for await (const page of readAhead(pages)) throw new Error(`not ${page}`);
    };
    await expect(work()).rejects.toThrow('not 1');
    expect(log).toEqual(['read 1', 'read 2', 'closed']);
  });
});
