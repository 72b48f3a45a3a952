import { afterAll, beforeAll, describe, test } from 'vitest';
import { openSite, type Site } from './night-property/site.ts';
import type { Step } from './night-property/step.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site.close();
});

const patient = (number: number): Step => ({ do: 'patient', patient: number, name: 0, touch: 'stamped' });
const visit = (number: number, of: number): Step => ({
  do: 'visit',
  visit: number,
  patient: of,
  status: 'finished',
  reason: 0,
  touch: 'stamped',
});
const merge = (retired: number, survivor: number): Step => ({ do: 'merge', retired, survivor });
const nightly: Step = { do: 'run', job: 'nightly' };

/** Histories that once ended with something else at Redox than in the EHR, cut down to what it took. */
const found: Readonly<Record<string, readonly Step[]>> = {
  'a merge row that stands twice is reported and does not stop the night': [
    patient(0),
    merge(4, 0),
    { do: 'double merge', retired: 4, survivor: 0 },
    nightly,
  ],
  'a patient whose survivor is retired by a row that stands twice is merged into nobody, and their visit is an orphan':
    [patient(4), merge(1, 4), merge(4, 2), { do: 'double merge', retired: 4, survivor: 0 }, visit(3, 1), nightly],
};

describe('after a night without trouble Redox has what the EHR has, and the report lists where it has not', () => {
  test.for(Object.entries(found))('%s', async ([, steps]) => {
    await site.play(steps);
  });
});
