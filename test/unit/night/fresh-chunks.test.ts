import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FreshChunks } from '../../../src/ledger/stage/fresh-chunks.ts';

test('fresh chunks give a line each, in order, over all pages', () => {
  const chunk = fc.tuple(fc.stringMatching(/^[0-9a-f]{32}$/), fc.nat(2 ** 31));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), fc.constantFrom(1, 2_000), (chunks, times) => {
      const fresh = new FreshChunks();
      const all = Array.from({ length: times }, () => chunks).flat();
      for (const [digest, rows] of all) fresh.add(digest, rows);
      expect(fresh.count).toBe(all.length);
      const lines = all.map(([digest, rows], index) => `${7 + index}\tpatient\t${digest}\t${rows}\n`);
      expect([...fresh.lines(7, 'patient')].join('')).toBe(lines.join(''));
    }),
    { numRuns: 30 },
  );
});
