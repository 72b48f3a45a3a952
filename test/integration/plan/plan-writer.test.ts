/** A plan's pages on their way into the ledger. */
import { expect, onTestFinished, test } from 'vitest';
import type { Discrepancy, PlannedCall } from '../../../src/decide/difference.ts';
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

const plannedCall = (entityId: string): PlannedCall => ({
  eventType: 'NewPatient',
  entity: 'patient',
  entityId,
  patientId: entityId,
  rowPatientId: null,
  mrn: null,
  plannedMrn: null,
  lane: entityId,
  rank: 0,
  scannedFingerprint: null,
  openSince: null,
  reason: null,
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

test('a row with calls is stored once, and its own call carries the discrepancy', async () => {
  const { keep, session, kept } = await openPlanWriter();
  const call = plannedCall('p-1');
  const moved = discrepancy('p-1', 'changed');
  await keep.decisions([
    { rowClass: 'due', isNew: false, discrepancy: discrepancy('p-0', 'changed'), calls: [] },
    {
      rowClass: 'due',
      isNew: false,
      discrepancy: moved,
      calls: [{ ...call, mrn: 'OLD' }, call, { ...call, eventType: 'PatientMerge', plannedMrn: null }],
    },
  ]);
  await keep.finish();
  expect(await kept()).toBe(1);
  const { rows } = await session.query('calls', 'SELECT event_type, mrn, found_kind FROM call ORDER BY call_id');
  expect(rows).toEqual([
    { event_type: 'NewPatient', mrn: 'OLD', found_kind: null },
    { event_type: 'NewPatient', mrn: null, found_kind: 'changed' },
    { event_type: 'PatientMerge', mrn: null, found_kind: null },
  ]);
  const { rows: found } = await session.query('found', 'SELECT entity_id, kind FROM difference ORDER BY difference_id');
  expect(found).toEqual([
    { entity_id: 'p-0', kind: 'changed' },
    { entity_id: 'p-1', kind: 'changed' },
  ]);
});
