/** Merges by the hundred thousand, planned by the command: the time grows with their number, never with its square. */
import { afterEach, describe, expect, test } from 'vitest';
import { isShort } from './support/budget.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

const many = 200_000;
const few = 20_000;

/** Ten times as many rows, and room for a noisy machine: a square would take a hundred times as long. */
const mostTimes = 20;

/** Survivor of person n, in SQL. */
const shapes = { chain: 'n + 1', star: '0' } as const;

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

/** How long a plan takes after a night in which all patients but two were merged. */
async function secondsToPlan(persons: number, shape: keyof typeof shapes): Promise<number> {
  const opened = await ChaosSite.open();
  close = opened.close;
  const { ehr } = opened.site;
  await ehr.sql(`
    INSERT INTO person (patient_id, last_name) SELECT 'p' || n, 'Name' || n FROM generate_series(0, ${persons}) AS n;
    INSERT INTO visit (encounter_id, patient_id, reason) VALUES ('v1', 'p${persons}', 'Cough');
    ANALYZE`);
  const known = await opened.site.start('baseline').ended;
  expect(known, known.said).toMatchObject({ exitCode: 0 });
  await ehr.sql(
    `INSERT INTO merge SELECT 'p' || n, 'p' || ${shapes[shape]} FROM generate_series(1, ${persons - 1}) AS n`,
  );
  const start = performance.now();
  const planned = await opened.site.start('nightly --plan-only').ended;
  const seconds = (performance.now() - start) / 1_000;
  expect(planned, planned.said).toMatchObject({ exitCode: 0 });
  const [merges] = await opened.site.ledger.ask<{ planned: number }>(
    "SELECT count(*)::integer AS planned FROM redox_reconcile.call WHERE event_type = 'PatientMerge'",
  );
  expect(merges).toEqual({ planned: persons - 1 });
  await close();
  close = undefined;
  return seconds;
}

describe.skipIf(isShort)('a plan with hundreds of thousands of merges', () => {
  test.for(Object.keys(shapes) as (keyof typeof shapes)[])(
    'takes time in proportion to them, as a %s',
    { timeout: 1_800_000 },
    async (shape) => {
      const forFew = await secondsToPlan(few, shape);
      const forMany = await secondsToPlan(many, shape);
      count('most seconds to plan 200,000 merges', Math.round(forMany));
      expect(forMany).toBeLessThan(mostTimes * forFew);
    },
  );
});
