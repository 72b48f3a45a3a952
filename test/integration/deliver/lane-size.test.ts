import { expect, test } from 'vitest';
import { LaneFacts } from '../../../src/deliver/lane-facts.ts';
import type { Call } from '../../../src/ledger/record/calls.ts';
import { fetchPage, ehrSite, someEncounters } from '../support/ehr-site.ts';

/** The room that a lane takes: lanes in flight share a limit. */

const besides = (what: string): string => `SELECT id AS patient_id, ${what} FROM ward WHERE id = ANY ($1::text[])`;

const call: Call = {
  call_id: 1,
  rank: 0,
  lane: 'P1',
  position: 1,
  event_type: 'NewPatient',
  entity: 'patient',
  entity_id: 'P1',
  patient_id: 'P1',
  row_patient_id: null,
  mrn: null,
  planned_mrn: 'P1',
  forced: false,
  reason: null,
  scanned_fingerprint: null,
};

test("a patient's message counts with its identifiers and insurances", async () => {
  const site = await ehrSite();
  await site.sql("CREATE TABLE ward AS SELECT 'P' || i AS id FROM generate_series(1, 2) AS i");
  const ehr = await site.open({
    'patients.sql': "SELECT id AS patient_id, 'v' AS identifiers_version, 'v' AS summary_version FROM ward",
    'encounters.sql': someEncounters,
    'identifiers.sql': besides("repeat('1', 3000) AS id, 'EHRID' AS type"),
    'summary/insurances.sql': besides("repeat('p', 2000) AS plan_name"),
  });
  const ids = { patientIds: ['P1', 'P2'], encounterIds: [], summaryIds: [], detailIds: ['P1', 'P2'] };
  const rows = await fetchPage(ehr, ids.patientIds, [], [], ids.detailIds);
  const none = new Map<string, never>();
  const facts = new LaneFacts({ rows, objection: null, patients: none, encounters: none, summaries: none });
  expect(facts.largestOf([call])).toBeGreaterThan(5_000);
  expect(facts.largestOf([{ ...call, entity: 'merge', entity_id: 'P2', event_type: 'PatientMerge' }])).toBeLessThan(
    1_000,
  );

  const sizes = await ehr.sizes(ids);
  expect(sizes.map(({ file }) => file)).toEqual(['identifiers.sql', 'summary/insurances.sql', 'patients.sql']);
  await site.drop();
});
