import { expect, it } from 'vitest';
import { syncedClinic } from '../support/clinic-night.ts';

it('reports are planned for the rows that there are, though autovacuum has not looked', async () => {
  const { night } = await syncedClinic();
  await night.ledger.query(
    'many rows at once',
    `INSERT INTO discrepancy (run_number, entity, entity_id, kind)
     SELECT run_number, 'patient', 'p' || n, 'new' FROM run, generate_series(1, 20000) AS n`,
  );
  const known = async (): Promise<number> => {
    const { rows } = await night.ledger.query(
      'the statistics',
      "SELECT reltuples::integer AS known FROM pg_class WHERE oid = 'discrepancy'::regclass",
    );
    return (rows as { known: number }[])[0]?.known ?? 0;
  };
  expect(await known()).toBeLessThan(20_000);
  await night.nightly();
  expect(await known()).toBeGreaterThanOrEqual(20_000);
});
