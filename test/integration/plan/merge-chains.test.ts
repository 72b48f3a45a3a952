/** Long chains of merges, through a whole night. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { largeSite, type LargeSite } from '../ehr/large-site.ts';

/** How each retired patient ends, as the stage has it after a plan. */
async function ends({ night }: LargeSite): Promise<Record<string, string>> {
  const { rows } = await night.ledger.query(
    'a look at the stage',
    'SELECT patient_id, coalesce(survivor_id, fault) AS ending FROM stage_retired',
  );
  return Object.fromEntries(rows.map(({ patient_id, ending }) => [String(patient_id), String(ending)]));
}

it('a night follows a chain of 20,000 merges in seconds', async () => {
  const site = await largeSite(1);
  await site.sql(`INSERT INTO merge SELECT n, 'p' || (n + 1), 'p' || n FROM generate_series(1, 20000) AS n`);
  const night = await Promise.race([
    site.night.nightly({ planOnly: true, allowLargeChange: true }),
    sleep(60_000, undefined, { ref: false }),
  ]);
  expect(night?.summary.merges).toMatchObject({ read: 20_000, not_due: 20_000 });
  expect(new Set(Object.values(await ends(site)))).toEqual(new Set(['p1']));
});

it('a chain ends as its last merge: survivor, unusable row, or circle', async () => {
  const site = await largeSite(3);
  // a, b and c reach a patient; d to g go round, or hang on a cycle; u is merged into itself; x to z hang on a row named twice.
  await site.sql(`
    ALTER TABLE merge DROP CONSTRAINT merge_pkey;
    INSERT INTO merge (retired_patient_id, surviving_patient_id)
    VALUES ('a', 'p1'), ('b', 'a'), ('c', 'b'), ('d', 'e'), ('e', 'f'), ('f', 'd'), ('g', 'd'), ('u', 'u'),
      ('w', 'p1'), ('w', 'p2'), ('x', 'w'), ('y', 'x'), ('z', 'y'), ('q', 'nobody'), ('r', 'q'), ('s', 'r')`);
  await site.night.nightly({ planOnly: true, allowLargeChange: true });
  expect(await ends(site)).toEqual({
    ...{ a: 'p1', b: 'p1', c: 'p1' },
    ...{ d: 'merge_cycle', e: 'merge_cycle', f: 'merge_cycle', g: 'merge_cycle', u: 'merge_cycle' },
    ...{ w: 'duplicate_key', x: 'merge_without_survivor', y: 'merge_without_survivor', z: 'merge_without_survivor' },
    ...{ q: 'merge_without_survivor', r: 'merge_without_survivor', s: 'merge_without_survivor' },
  });
});
