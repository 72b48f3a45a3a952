import fc from 'fast-check';
import { describe, onTestFinished, test } from 'vitest';
import { openSite } from './site.ts';
import { history } from './step.ts';

/** CONTRIBUTING.md says how to look at more. */
const { NIGHT_CASES: cases = '2', NIGHT_SEED: seed = '1' } = process.env;

describe('while each night plans three calls ahead', () => {
  test.each([3, 1])(
    'persons are told whole, corrections first, and Redox equals the EHR, in parts of %i',
    { timeout: 0 },
    async (callsPerPart) => {
      const site = await openSite({ planAhead: 3, callsPerPart });
      onTestFinished(() => site.close());
      const property = fc.asyncProperty(history, (steps) => site.play(steps));
      await fc.assert(property, { numRuns: Number(cases), seed: Number(seed), unbiased: true });
    },
  );
});
