import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openSite, type Site } from '../damaged-extracts/site.ts';
import { type Damage, history, type Step } from '../damaged-extracts/step.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site.close();
});

const night = (...damages: readonly Damage[]): Step => ({ do: 'night', damages, allowed: false });
const allergy = (visit: number, allergen: number): Step => ({ do: 'allergy', visit, allergen });
/** One visit, at which latex was found, which has a name and no code. */
const latexFound: readonly Step[] = [
  { do: 'patient', patient: 1, name: 0, city: 0 },
  { do: 'visit', visit: 1, patient: 1, reason: 0 },
  allergy(1, 1),
];
const firstAllergyLost: Damage = { file: 'allergies', how: 'too few fields', line: 0, field: 3 };

/** Histories that once ended otherwise, cut down to what it took. */
const found: Readonly<Record<string, readonly Step[]>> = {
  'an allergy whose line stands twice does not stand in for one that cannot be read': [
    ...[...latexFound, allergy(1, 2), night()],
    night(firstAllergyLost, { file: 'allergies', how: 'twice', line: 0, field: 0 }),
  ],
  'a new allergy does not stand in for one that cannot be read': [
    ...[...latexFound, night(), allergy(1, 2)],
    night(firstAllergyLost),
  ],
  'an allergy whose only name cannot be read is not told as one to nobody knows what': [
    ...[...latexFound, night()],
    night({ file: 'allergies', how: 'bad byte', line: 0, field: 2 }),
  ],
  'a patient who is gone is named in a night with damaged lines': [
    ...[...latexFound, { do: 'patient', patient: 2, name: 0, city: 0 } as const, night()],
    { do: 'remove patient', patient: 2 },
    night(firstAllergyLost),
  ],
};

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
const sameEachTime: Search = { name: 'the same ones each time, seed 1', numRuns: 12, seed: 1, limitMs: 14_000 };

function searchesAsked(): readonly Search[] {
  if (cases === undefined) return [sameEachTime];
  const asked = Number(seed ?? anySeed);
  return [
    {
      name: `${cases} cases, seed ${asked}`,
      numRuns: Number(cases),
      seed: asked,
      limitMs: 24 * hourMs,
    },
  ];
}

describe('unreadable parts of an extract are never sent, never gone, never a clean night', () => {
  test.for(Object.entries(found))('%s', async ([, steps]) => {
    await site.play(steps);
  });

  test.for(searchesAsked())('in any history: $name', { timeout: 0 }, async ({ numRuns, seed, limitMs }) => {
    const property = fc.asyncProperty(history, (steps) => site.play(steps));
    await fc.assert(property, { numRuns, seed, unbiased: true, plugins: [fc.interruptAfterTimeLimit(limitMs)] });
  });
});
