import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openSite, type Site } from './site.ts';
import { history } from './step.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({ planAhead: 3 });
});
afterAll(async () => {
  await site.close();
});

/** CONTRIBUTING.md says how to look at more. */
const { NIGHT_CASES: cases = '2', NIGHT_SEED: seed = '1' } = process.env;

describe('while each night plans three calls ahead', () => {
  test(
    'persons are told whole, corrections before new rows, and in the end Redox equals the EHR',
    { timeout: 0 },
    async () => {
      const property = fc.asyncProperty(history, (steps) => site.play(steps));
      await fc.assert(property, { numRuns: Number(cases), seed: Number(seed), unbiased: true });
    },
  );
});
