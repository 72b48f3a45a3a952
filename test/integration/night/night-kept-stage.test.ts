import { expect, it } from 'vitest';
import { builderOf } from '../../../src/message/builder-version.ts';
import { ledgerSchema, sweepSchema } from '../../../src/ledger/run/migrate.ts';
import { keepCompared, reopenChunks } from '../../../src/ledger/stage/sweep.ts';
import { Session } from '../../../src/postgres/session.ts';
import { calls, type ClinicNight, found, playedClinic, syncedClinic } from '../support/clinic-night.ts';

/** What sweeps keep of one another, and what makes them look again. */

/** A told clinic of which a night has compared every row. */
const comparedClinic = (): Promise<ClinicNight> =>
  playedClinic('compared', async ({ night }) => {
    await night.nightly();
  });

interface Chunk {
  readonly chunk_id: string;
  readonly is_compared: boolean;
}

/** The chunks that are kept, in order. */
async function chunksOf({ night }: ClinicNight): Promise<readonly Chunk[]> {
  const { rows } = await night.ledger.query(
    'the chunks',
    `SELECT chunk_id, unchanged IS NOT NULL AS is_compared FROM ${sweepSchema}.stage_chunk ORDER BY 1`,
  );
  return rows as Chunk[];
}

const ledger = ({ night }: ClinicNight, text: string, parameters: readonly string[] = []): Promise<unknown> =>
  night.ledger.query('a statement of the test', text, parameters);

const newOnes = (before: readonly Chunk[], after: readonly Chunk[]): number =>
  after.filter(({ chunk_id }) => !before.some((chunk) => chunk.chunk_id === chunk_id)).length;

it("stages nothing in a quiet night, and only an edited row's chunk", async () => {
  const site = await comparedClinic();
  const [patient] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  const before = await chunksOf(site);
  expect(before.length).toBeGreaterThan(50);
  expect(before.every(({ is_compared }) => is_compared)).toBe(true);

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

/** Makes the ledger uncertain of what Redox was told. */
const voided = 'row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL';

it('compares again every ledger row that changed, among very many', async () => {
  const site = await comparedClinic();
  const [patient, other] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  const [moved] = await site.visitsOf(other);
  await ledger(site, `UPDATE encounter SET ${voided} WHERE encounter_id = $1`, [visit]);
  await ledger(site, "UPDATE encounter SET encounter_id = 'elsewhere' WHERE encounter_id = $1", [moved]);
  await ledger(site, 'DELETE FROM patient WHERE patient_id = $1', [patient]);
  const again = await site.night.nightly({ allowLargeChange: true });
  for (const call of [`NewPatient ${patient}`, `VisitPush ${visit}`, `VisitPush ${moved}`]) {
    expect(calls(again)).toContain(`${call} accepted`);
  }
  expect(found(again)).toContain('gone encounter elsewhere');

  await ledger(
    site,
    `INSERT INTO encounter (encounter_id, presence, patient_id, filed_under)
     SELECT 'many-' || n, 'uncertain', 'x', 'x' FROM generate_series(1, 20001) AS n`,
  );
  await ledger(site, `UPDATE encounter SET ${voided} WHERE encounter_id = $1 OR encounter_id LIKE 'many-%'`, [visit]);
  const oneOfMany = await site.night.nightly({ allowLargeChange: true });
  expect(calls(oneOfMany)).toEqual([`VisitPush ${visit} accepted`]);
});

it('keeps rows written while a sweep settles, and recounts them', async () => {
  const site = await comparedClinic();
  const [patient] = await site.somePatients();
  const night = await site.night.nightly();
  const builderVersion = builderOf({
    sendSsn: 'patients',
    zipFormat: 'five',
    network: { name: 'carequality' },
    documentType: 'code',
  });
  const sweep = await Session.open(site.night.ledgerUrl, {
    neighbour: 'the ledger',
    settings: { search_path: `${sweepSchema}, ${ledgerSchema}, pg_catalog` },
  });
  await sweep.transaction(async () => {
    await reopenChunks(sweep, builderVersion);
    await ledger(site, `UPDATE patient SET ${voided} WHERE patient_id = $1`, [patient]);
    await keepCompared(sweep, { id: night.runId }, { builderVersion, haveMergesMoved: false });
  }, 'BEGIN ISOLATION LEVEL REPEATABLE READ');
  await sweep.close();
  await site.night.nightly({ planOnly: true });

  const { rows } = (await ledger(
    site,
    `SELECT s.entity_id FROM ${sweepSchema}.stage_patient s JOIN patient l ON l.patient_id = s.entity_id AND l.presence = 'present'
     WHERE s.entity_id <> $1 AND chunk_id IN (SELECT chunk_id FROM ${sweepSchema}.stage_patient WHERE entity_id = $1)`,
    [patient],
  )) as { rows: { entity_id: string }[] };
  const besides = rows.map(({ entity_id }) => entity_id).slice(0, 1);
  await unseen(site, 'patient_id = ANY (string_to_array($1, $2))', [besides.join('|'), '|']);
  const expected = [patient, ...besides].map((id) => `PatientUpdate ${id} accepted`);
  expect(calls(await site.night.nightly()).sort()).toEqual(expected.sort());
});

/** As a restore writes, or a replica's worker: no trigger sees it. */
async function unseen(site: ClinicNight, which: string, parameters: readonly string[]): Promise<void> {
  await ledger(site, "SET session_replication_role = 'replica'");
  await ledger(site, `UPDATE patient SET ${voided} WHERE ${which}`, parameters);
  await ledger(site, 'RESET session_replication_role');
}

it('finds a duplicate key or MRN of a settled row', async () => {
  const site = await comparedClinic();
  const [twice, owner] = await site.somePatients();
  await site.sql('ALTER TABLE clinic.person DROP CONSTRAINT person_pkey, DROP CONSTRAINT person_mrn_key');
  await site.sql('INSERT INTO clinic.person SELECT * FROM clinic.person WHERE person_id = $1', [twice]);
  await site.sql(
    "UPDATE clinic.person SET family_name = 'Twice' WHERE ctid = (SELECT max(ctid) FROM clinic.person WHERE person_id = $1)",
    [twice],
  );
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

it('stages all again after Postgres emptied it or a scan broke', async () => {
  const site = await comparedClinic();
  const before = await chunksOf(site);
  await ledger(
    site,
    `INSERT INTO ${sweepSchema}.stage_patient (entity_id, mrn, updated_at, fingerprint, asked, chunk_id) SELECT entity_id, mrn, updated_at, fingerprint, asked, 77 FROM ${sweepSchema}.stage_patient LIMIT 9`,
  );
  const clean = await site.night.nightly();
  expect(clean.summary.patients).toMatchObject({ invalid: 0, due: 0 });
  expect(await chunksOf(site)).toEqual(before);

  const tables = ['stage_patient', 'stage_encounter', 'stage_chunk', 'compared', 'compared_retired', 'dirty_row'];
  await ledger(site, `TRUNCATE ${tables.map((table) => `${sweepSchema}.${table}`).join()}`);
  const anew = await site.night.nightly();
  expect(anew.posts).toBe(0);
  expect(anew.summary.patients).toEqual(clean.summary.patients);
  expect(anew.summary.encounters).toEqual(clean.summary.encounters);
  expect(newOnes(before, await chunksOf(site))).toBe(before.length);

  await ledger(
    site,
    `DELETE FROM ${sweepSchema}.stage_patient WHERE ctid = (SELECT min(ctid) FROM ${sweepSchema}.stage_patient)`,
  );
  await expect(site.night.nightly()).rejects.toThrow('stage lacks scanned rows');
  expect((await site.night.nightly()).summary.patients).toEqual(clean.summary.patients);

  // A new ledger in the database of a former one.
  await ledger(site, `DROP SCHEMA ${ledgerSchema} CASCADE`);
  const first = await site.night.nightly({ allowLargeChange: true });
  expect(first.summary.patients).toMatchObject({ unchanged: 0 });
});

it('compares every row weekly, with a new builder, and after a restore', async () => {
  const site = await comparedClinic();
  const [patient, another, third] = await site.somePatients();
  await unseen(site, 'patient_id = $1', [patient]);
  expect((await site.night.nightly()).posts).toBe(0);
  await ledger(site, `UPDATE ${sweepSchema}.compared SET since = now() - interval '8 days'`);
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);

  await unseen(site, 'patient_id = $1', [another]);
  await ledger(site, `UPDATE ${sweepSchema}.compared SET builder_version = 0`);
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${another} accepted`]);

  await unseen(site, 'patient_id = $1', [third]);
  await ledger(site, `UPDATE ${sweepSchema}.compared SET run_id = 'a run that a restored ledger does not know'`);
  expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${third} accepted`]);
});

it('empties a stage of which a dead run left a single row', async () => {
  const site = await syncedClinic();
  await ledger(site, `INSERT INTO stage_rank VALUES ('left behind', 1, false, false, false, NULL, 0, 0, 0, 0, 0)`);
  expect((await site.night.nightly()).posts).toBe(0);
  expect((await site.night.ledger.query('the ranks', 'SELECT FROM stage_rank')).rowCount).toBe(0);
});
