import { expect, it } from 'vitest';
import { refreshStatistics } from '../../../src/ledger/run/run.ts';
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

it('reports are planned for the rows of a run that is no larger than those before', async () => {
  const { night } = await syncedClinic();
  const { ledger } = night;
  await night.nightly();
  const runs = await ledger.query('the runs', 'SELECT run_number AS number FROM run ORDER BY run_number');
  const [before, run] = runs.rows as { number: number }[];
  if (before === undefined || run === undefined) throw new Error('there are no two runs');
  const fill = (number: number, rows: number): Promise<unknown> =>
    ledger.query(
      'the differences of a run',
      `INSERT INTO discrepancy (run_number, entity, entity_id, kind)
       SELECT ${number}, 'patient', 'p' || n, 'new' FROM generate_series(1, ${rows}) AS n`,
    );
  await fill(before.number, 20_000);
  await ledger.query('what autovacuum does', 'ANALYZE discrepancy');
  await fill(run.number, 2_000);
  await refreshStatistics(ledger, run);
  const { rows } = await ledger.query(
    'the statistics',
    `SELECT ${run.number} = ANY (most_common_vals::text::integer[]) AS is_known
     FROM pg_stats WHERE tablename = 'discrepancy' AND attname = 'run_number'`,
  );
  expect(rows).toEqual([{ is_known: true }]);
});
