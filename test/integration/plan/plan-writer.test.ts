/** A plan's pages on their way into the ledger. */
import { expect, onTestFinished, test } from 'vitest';
import type { Discrepancy } from '../../../src/decide/difference.ts';
import { PlanWriter } from '../../../src/plan/plan-writer.ts';
import { craftLedger, startNight } from '../support/report/report-ledger.ts';

const discrepancy = (entityId: string, kind: Discrepancy['kind'] = 'new'): Discrepancy => ({
  entity: 'patient',
  entityId,
  patientId: entityId,
  kind,
  detail: null,
  rowUpdatedAt: null,
  rowFingerprint: null,
  openSince: null,
  rejectedDates: null,
});

const refused = discrepancy('p-refused', 'no such kind' as 'new');

async function openPlanWriter() {
  const ledger = await craftLedger();
  onTestFinished(() => ledger.close());
  const { session } = ledger;
  const run = await startNight(ledger);
  const keep = new PlanWriter(session, run, { forced: false, onCalls: () => undefined });
  const kept = async (): Promise<number> =>
    (await session.query('kept', 'SELECT FROM discrepancy')).rowCount ?? Number.NaN;
  return { keep, session, kept };
}

test('pages of any size are stored in order and complete', async () => {
  const { keep, session, kept } = await openPlanWriter();
  for (const size of [1, 0, 1_234, 500, 7]) {
    await keep.discrepancies(Array.from({ length: size }, (_, index) => discrepancy(`p-${size}-${index}`)));
  }
  await keep.finish();
  expect(await kept()).toBe(1_742);
  const { rows } = await session.query('order', 'SELECT entity_id FROM discrepancy ORDER BY discrepancy_id');
  expect(rows.map(({ entity_id }) => entity_id as string).slice(1, 1_235)).toEqual(
    Array.from({ length: 1_234 }, (_, index) => `p-1234-${index}`),
  );
});

test('a page that Postgres refuses fails the write of the next', async () => {
  const { keep, kept } = await openPlanWriter();
  await keep.discrepancies([refused]);
  await expect(keep.discrepancies([discrepancy('p-1')])).rejects.toThrow(/discrepancy/);
  expect(await kept()).toBe(0);
});

test('a last page that Postgres refuses fails the finish, after all writes', async () => {
  const { keep, kept } = await openPlanWriter();
  await keep.discrepancies([refused]);
  await keep.drain();
  expect(await kept()).toBe(0);
  await expect(keep.finish()).rejects.toThrow(/discrepancy/);
});
