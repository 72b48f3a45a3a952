import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openSite, type Site } from './site.ts';
import { lossyHistory } from './lossy-step.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({ confirms: true });
});
afterAll(async () => {
  await site.close();
});

/** CONTRIBUTING.md says how to look at more. */
const { NIGHT_CASES: cases = '2', NIGHT_SEED: seed = '1' } = process.env;

describe('once its queues are drained Redox equals the EHR', () => {
  test('though it failed, hid, delayed and reordered what it had accepted', { timeout: 0 }, async () => {
    const property = fc.asyncProperty(lossyHistory, (steps) => site.play(steps));
    await fc.assert(property, { numRuns: Number(cases), seed: Number(seed), unbiased: true });
  });
});
