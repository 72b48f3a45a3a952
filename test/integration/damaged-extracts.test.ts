import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openSite, type Site } from './damaged-extracts/site.ts';
import { history, type Step } from './damaged-extracts/step.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site.close();
});

/** Histories that once ended otherwise, cut down to what it took. */
const found: Readonly<Record<string, readonly Step[]>> = {};

interface Search {
  readonly name: string;
  readonly numRuns: number;
  readonly seed: number;
  readonly limitMs: number;
}

const hourMs = 3_600_000;
/** CONTRIBUTING.md says how to look at more. `npm test` must not depend on luck, so without that the histories are the same each time. */
const { EXTRACT_CASES: cases, EXTRACT_SEED: seed } = process.env;
const anySeed = Math.floor(Math.random() * 1_000_000);
const sameEachTime: Search = { name: 'the same ones each time, seed 1', numRuns: 40, seed: 1, limitMs: 12_000 };

function searchesAsked(): readonly Search[] {
  if (cases === undefined) return [sameEachTime];
  const asked = Number(seed ?? anySeed);
  return [{ name: `${cases} cases, seed ${asked}`, numRuns: Number(cases), seed: asked, limitMs: Number(process.env["LIM"] ?? 24 * hourMs) }];
}

describe('what cannot be read of an extract is never told, never gone, and never a clean night', () => {
  test.for(Object.entries(found))('%s', async ([, steps]) => {
    await site.play(steps);
  });

  test.for(searchesAsked())('in any history: $name', { timeout: 0 }, async ({ numRuns, seed, limitMs }) => {
    const property = fc.asyncProperty(history, (steps) => site.play(steps));
    await fc.assert(property, { numRuns, seed, unbiased: true, plugins: [fc.interruptAfterTimeLimit(limitMs)] });
  });
});
