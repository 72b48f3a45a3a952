import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upperBound } from '../../../../src/decide/audit/upper-bound.ts';

describe('the upper bound', () => {
  // Of published tables: qbeta(0.95, wrong + 1, sample - wrong).
  test.each([
    [0, 300, 0.00994],
    [1, 300, 0.01572],
    [5, 300, 0.03472],
    [0, 59, 0.0495],
    [0, 1, 0.95],
    [2, 10, 0.5069],
    [0, 100_000, 0.00002996],
    [30_000, 100_000, 0.3024],
  ])('of %i wrong among %i is %f', (wrong, sample, share) => {
    expect(upperBound(wrong, sample) / share).toBeCloseTo(1, 2);
  });

  test('is everything if all are wrong or nothing was looked at', () => {
    expect([upperBound(3, 3), upperBound(0, 0)]).toEqual([1, 1]);
  });

  test('lies above the share of the sample and falls as the sample grows', () => {
    const samples = fc
      .integer({ min: 1, max: 400 })
      .chain((sample) => fc.tuple(fc.integer({ min: 0, max: sample - 1 }), fc.constant(sample)));
    fc.assert(
      fc.property(samples, ([wrong, sample]) => {
        const bound = upperBound(wrong, sample);
        expect(bound).toBeGreaterThan(wrong / sample);
        expect(bound).toBeGreaterThanOrEqual(upperBound(wrong, sample + 1));
        expect(bound).toBeLessThan(upperBound(wrong + 1, sample) + Number.EPSILON);
      }),
      { numRuns: 100 },
    );
  });
});
