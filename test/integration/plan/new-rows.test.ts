import { expect, it } from 'vitest';
import { encounterDifferences, patientDifferences } from '../../../src/ledger/stage/differences.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { unsyncedClinic } from '../support/clinic-night.ts';

async function rowsOf<Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

it('rows that Redox never had are planned at once as they would be one by one', async () => {
  const { night } = await unsyncedClinic();
  await night.nightly({ planOnly: true });
  await night.ledger.run(statement('ledger/sweep/use_sweep_stage'));
  const oneByOne = { builderVersion: 1, forced: false, newArePlanned: false };
  const atOnce = { ...oneByOne, newArePlanned: true };
  expect(await rowsOf(patientDifferences(night.ledger, atOnce))).toEqual([]);
  expect((await rowsOf(encounterDifferences(night.ledger, atOnce))).filter((row) => row.owner_fault === null)).toEqual(
    [],
  );
  const patients = (await rowsOf(patientDifferences(night.ledger, oneByOne))).map(
    ({ entity_id, lane, rank, mrn, fingerprint, updated_at }) => [
      entity_id,
      entity_id,
      null,
      lane,
      rank,
      mrn,
      fingerprint,
      updated_at,
    ],
  );
  const visits = (await rowsOf(encounterDifferences(night.ledger, oneByOne)))
    .filter(({ owner_fault }) => owner_fault === null)
    .map((row) => [
      row.entity_id,
      row.owner_id,
      row.patient_id,
      row.lane,
      row.rank,
      null,
      row.fingerprint,
      row.updated_at,
    ]);
  const { rows } = await night.ledger.query(
    'the plan',
    `SELECT entity_id, patient_id, row_patient_id, lane, rank, planned_mrn, scanned_fingerprint, row_updated_at
     FROM call WHERE found_kind = 'new' AND entity <> 'merge'`,
  );
  expect(patients.length).toBeGreaterThan(50);
  expect(visits.length).toBeGreaterThan(50);
  const sorted = (of: readonly unknown[]): string[] => of.map((row) => JSON.stringify(row)).sort();
  expect(sorted(rows.map((row) => Object.values<unknown>(row)))).toEqual(sorted([...patients, ...visits]));
});
