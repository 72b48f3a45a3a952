import { expect, it } from 'vitest';
import { sweepSchema } from '../../src/ledger/migrate.ts';
import { calls, type ClinicNight, found, toldClinic } from './clinic-night.ts';

/** What sweeps keep of one another, and what makes them look again. */

interface Chunk {
  readonly chunk_id: string;
  readonly is_settled: boolean;
}

/** The chunks that are kept, in order. */
async function chunksOf({ night }: ClinicNight): Promise<readonly Chunk[]> {
  const { rows } = await night.ledger.query(
    'the chunks',
    `SELECT chunk_id, unchanged IS NOT NULL AS is_settled FROM ${sweepSchema}.stage_chunk ORDER BY 1`,
  );
  return rows as Chunk[];
}

const ledger = ({ night }: ClinicNight, text: string, parameters: readonly string[] = []): Promise<unknown> =>
  night.ledger.query('a statement of the test', text, parameters);

const newOnes = (before: readonly Chunk[], after: readonly Chunk[]): number =>
  after.filter(({ chunk_id }) => !before.some((chunk) => chunk.chunk_id === chunk_id)).length;

it('stages nothing in a quiet night, and of an edited row its chunk alone, whatever intraday and rerun staged meanwhile', async () => {
  const site = await toldClinic();
  const [patient] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  await site.night.nightly();
  const before = await chunksOf(site);
  expect(before.length).toBeGreaterThan(50);
  expect(before.every(({ is_settled }) => is_settled)).toBe(true);

  await site.night.intraday();
  const rows = [{ entity: 'encounter', id: visit }] as const;
  await site.night.rerun({ kind: 'only', rows: () => ReadableStream.from(rows) }, { forced: true });
  const quiet = await site.night.nightly();
  expect(quiet.posts).toBe(0);
  expect(await chunksOf(site)).toEqual(before);

  await site.clinic.renamePatient(patient, 'Edited');
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  const after = await chunksOf(site);
  expect(newOnes(before, after)).toBeGreaterThan(0);
  expect(newOnes(before, after)).toBeLessThan(5);
  await site.expectRedoxIsTrue();
});

it('looks again at a row of the ledger that was written, by whomever', async () => {
  const site = await toldClinic();
  const [patient] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  await site.night.nightly();
  await ledger(
    site,
    'UPDATE encounter SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL WHERE encounter_id = $1',
    [visit],
  );
  await ledger(site, 'DELETE FROM patient WHERE patient_id = $1', [patient]);
  const again = calls(await site.night.nightly({ allowLargeChange: true }));
  expect(again).toContain(`NewPatient ${patient} accepted`);
  expect(again).toContain(`VisitPush ${visit} accepted`);
  expect((await site.night.nightly()).posts).toBe(0);
});

it('finds a key or an MRN of a settled row that a new one has too, takes both out, and tells both when it is mended', async () => {
  const site = await toldClinic();
  const [twice, owner] = await site.somePatients();
  await site.night.nightly();
  await site.sql('ALTER TABLE clinic.person DROP CONSTRAINT person_pkey, DROP CONSTRAINT person_mrn_key');
  await site.sql('INSERT INTO clinic.person SELECT * FROM clinic.person WHERE person_id = $1', [twice]);
  await site.register('7', await site.mrnOf(owner));
  const faults = [
    `duplicate_key patient ${twice}`,
    `invalid patient ${owner} shared_mrn`,
    'invalid patient 7 shared_mrn',
  ].sort();
  for (const night of [await site.night.nightly(), await site.night.nightly()]) {
    expect(
      found(night)
        .filter((line) => /duplicate|shared/.test(line))
        .sort(),
    ).toEqual(faults);
    expect(night.summary.patients).toMatchObject({ invalid: 4, gone: 0 });
  }

  await site.sql('DELETE FROM clinic.person WHERE ctid = (SELECT max(ctid) FROM clinic.person WHERE person_id = $1)', [
    twice,
  ]);
  await site.sql("UPDATE clinic.person SET mrn = 'PL-OWN' WHERE person_id = 7");
  expect(calls(await site.night.nightly())).toContain('NewPatient 7 accepted');
  await site.expectRedoxIsTrue();
});

it('stages everything anew where Postgres has emptied what was kept, and takes nothing over that a broken scan has left', async () => {
  const site = await toldClinic();
  await site.night.nightly();
  const before = await chunksOf(site);
  await ledger(
    site,
    `INSERT INTO ${sweepSchema}.stage_patient SELECT entity_id, mrn, updated_at, fingerprint, asked, 77 FROM ${sweepSchema}.stage_patient LIMIT 9`,
  );
  const clean = await site.night.nightly();
  expect(clean.summary.patients).toMatchObject({ invalid: 0, due: 0 });
  expect(await chunksOf(site)).toEqual(before);

  const tables = ['stage_patient', 'stage_encounter', 'stage_chunk', 'settled', 'settled_retired', 'touched_row'];
  await ledger(site, `TRUNCATE ${tables.map((table) => `${sweepSchema}.${table}`).join()}`);
  const anew = await site.night.nightly();
  expect(anew.posts).toBe(0);
  expect(anew.summary.patients).toEqual(clean.summary.patients);
  expect(anew.summary.encounters).toEqual(clean.summary.encounters);
  expect(newOnes(before, await chunksOf(site))).toBe(before.length);
});

it('compares every row once a week, with another builder of messages, and where the ledger was restored, whatever counts as settled', async () => {
  const site = await toldClinic();
  const [patient, another, third] = await site.somePatients();
  await site.night.nightly();
  const unseen = async (id: string): Promise<void> => {
    await ledger(site, "SET session_replication_role = 'replica'");
    await ledger(
      site,
      'UPDATE patient SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL WHERE patient_id = $1',
      [id],
    );
    await ledger(site, 'RESET session_replication_role');
  };
  await unseen(patient);
  expect((await site.night.nightly()).posts).toBe(0);
  await ledger(site, `UPDATE ${sweepSchema}.settled SET since = now() - interval '8 days'`);
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);

  await unseen(another);
  await ledger(site, `UPDATE ${sweepSchema}.settled SET builder_version = 0`);
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${another} accepted`]);

  await unseen(third);
  await ledger(site, `UPDATE ${sweepSchema}.settled SET run_id = 'a run that a restored ledger does not know'`);
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${third} accepted`]);
});
