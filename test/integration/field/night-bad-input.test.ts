import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { openNight, type Night } from '../support/night.ts';

/** Rows and queries that no EHR should have: what is wrong is one row's trouble, never the night's. */

const visit = "SELECT 'e' AS encounter_id, 'p' AS patient_id, 'finished' AS status";

interface BadNight extends Night {
  /** Runs SQL in the EHR's own database. */
  ehr(text: string): Promise<void>;
}

/** A night of a site whose contract gives these rows itself. */
async function nightOf(files: Readonly<Record<string, string>>): Promise<BadNight> {
  const database = await freshDatabase();
  const contract = await mkdtemp(join(tmpdir(), 'bad-input-'));
  const given: Readonly<Record<string, string>> = {
    'patients.sql': "SELECT 'p' AS patient_id",
    'encounters.sql': visit,
    ...files,
  };
  for (const [name, text] of Object.entries(given)) await writeFile(join(contract, name), text);
  const night = await openNight({ ehr: { kind: 'postgres', url: database.url, contract } });
  onTestFinished(async () => {
    await night.close();
    await database.drop();
    await rm(contract, { recursive: true });
  });
  const ehr = async (text: string): Promise<void> => {
    const session = await Session.open(database.url, { neighbour: 'the EHR' });
    await session.query('a statement of the EHR', text);
    await session.close();
  };
  return { ...night, ehr };
}

const updatedAt = (times: readonly string[], type: string): string =>
  times.map((time, index) => `SELECT 'p${index}' AS patient_id, '${time}'::${type} AS updated_at`).join(' UNION ALL ');

it.each([
  ['timestamptz', ['10000-01-01', '0044-03-15 BC', '294276-12-31 00:00+00', 'infinity', '9999-12-31 23:59:59']],
  ['timestamp', ['294276-12-31 23:59:59', '4713-01-01 BC', '0001-01-01', '-infinity', '9999-12-31 23:59:59']],
  ['date', ['5874897-12-31', '4713-01-01 BC', '9999-12-31', 'infinity', '0001-01-01']],
])('sends patients whose updated_at is a %s outside our range of times', async (type, times) => {
  const night = await nightOf({ 'patients.sql': updatedAt([...times, '2026-01-01'], type) });
  expect((await night.nightly()).taken).toEqual({ NewPatient: 6 });
  expect((await night.intraday()).posts).toBe(0);
  expect((await night.nightly()).posts).toBe(0);
});

it('treats rows with a malformed updated_at as changed, and lists them', async () => {
  const night = await nightOf({
    'patients.sql': 'SELECT id AS patient_id, changed AS updated_at, name AS last_name FROM pt',
  });
  await night.ehr(
    `CREATE TABLE pt (id text, changed text, name text); INSERT INTO pt VALUES ('p', '2026-01-01 10:00:00', 'Olsen'), ('zero', '0000-00-00 00:00:00', 'Demir')`,
  );
  const malformed = (await night.nightly()).csv('data-quality').filter(({ kind }) => kind === 'malformed');
  expect(malformed).toMatchObject([{ entity: 'patient', entity_id: 'zero', column_name: 'updated_at' }]);
  await night.ehr(`UPDATE pt SET name = 'Demirel' WHERE id = 'zero'`);
  const intraday = await night.intraday();
  expect(intraday.taken).toEqual({ PatientUpdate: 1 });
});

it('sets aside a row whose key or MRN exceeds an index', async () => {
  const long = (): string => randomBytes(9000).toString('base64');
  const night = await nightOf({
    'patients.sql':
      "SELECT * FROM (VALUES ('p', NULL), ('long-mrn', '" +
      long() +
      `'), ('${long()}', 'a'), ('${long()}', 'b')) AS v (patient_id, mrn)`,
    'encounters.sql': `${visit} UNION ALL SELECT '${long()}', 'p', 'finished' UNION ALL SELECT 'of-nobody', '${long()}', 'finished'`,
    'merges.sql': `SELECT '${long()}' AS retired_patient_id, 'p' AS surviving_patient_id UNION ALL SELECT 'x', '${long()}'`,
  });
  const first = await night.nightly();
  expect(first.taken).toEqual({ NewPatient: 1, VisitPush: 1 });
  expect(first.summary).toMatchObject({ patients: { invalid: 3 }, encounters: { invalid: 1, orphan: 1 } });
  expect(
    first
      .csv('discrepancies')
      .filter(({ kind }) => kind === 'invalid')
      .map((line) => `${line['entity'] ?? ''} ${line['detail'] ?? ''}`)
      .sort(),
  ).toEqual([
    'encounter key_too_long',
    'merge key_too_long',
    'merge key_too_long',
    'patient key_too_long',
    'patient key_too_long',
    'patient key_too_long',
  ]);
  expect((await night.nightly()).posts).toBe(0);
});

it('reads a window with a visit whose patient key exceeds an index', async () => {
  const long = randomBytes(9000).toString('base64');
  const visits = [
    ['e', 'p'],
    ['of-nobody', long],
  ].map(
    ([id = '', patient = '']) =>
      `SELECT '${id}' AS encounter_id, '${patient}' AS patient_id, 'finished' AS status, date '2026-01-01' AS started_at`,
  );
  const night = await nightOf({ 'encounters.sql': visits.join(' UNION ALL ') });
  const day = { from: new Date('2025-12-31'), to: new Date('2026-01-03') };
  const run = await night.rerun({ kind: 'window', by: 'activity', ...day });
  expect(run.taken).toEqual({ NewPatient: 1, VisitPush: 1 });
});

it.each([
  [
    "SELECT 'p' AS patient_id, nextval('visits')::text AS last_name",
    'patients.sql would write into the EHR, itself or by a function that it calls (SQLSTATE 25006)',
    'take that out',
  ],
  [
    "SELECT 'p' AS patient_id, complain('Unmistakable') AS last_name",
    'patients.sql failed on one of its rows: SQLSTATE P0001',
    'run the file by hand',
  ],
])('names the query that failed on a row, never the row: %s', async (patients, said, remedy) => {
  const night = await nightOf({ 'patients.sql': patients });
  await night.ehr(
    'CREATE SEQUENCE visits; CREATE FUNCTION complain(name text) RETURNS text LANGUAGE plpgsql AS ' +
      "$$ BEGIN RAISE EXCEPTION 'who is %?', name; END $$",
  );
  const fault: unknown = await night.nightly().catch((error: unknown) => error);
  expect(fault).toMatchObject({ exitCode: 64 });
  const { message } = fault as Error;
  expect(message).toContain(said);
  expect(message).toContain(remedy);
  expect(message).not.toContain('Unmistakable');
});

it('takes a query under a long header of comments', async () => {
  const night = await nightOf({ 'patients.sql': `${'/* a line of it; */\n'.repeat(60)}SELECT 'p' AS patient_id` });
  expect((await night.nightly()).taken).toEqual({ NewPatient: 1, VisitPush: 1 });
});

it("hides a patient's row when an extract has no header line", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headless-'));
  const files = {
    'patients.csv': '77,Unmistakable\n78,Inaudible\n',
    'encounters.csv': 'encounter_id,patient_id\ne,77\n',
    'patients.sql': 'SELECT * FROM patients',
    'patients_by_id.sql': 'SELECT patient_id FROM encounters WHERE patient_id = ANY($1)',
    'encounters.sql': 'SELECT *, patient_id AS patiend_id FROM encounters',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const night = await openNight({ ehr: { kind: 'csv', folder, contract: folder } });
  onTestFinished(async () => {
    await night.close();
    await rm(folder, { recursive: true });
  });
  const fault: unknown = await night.nightly().catch((error: unknown) => error);
  expect(fault).toMatchObject({ exitCode: 64 });
  const { message } = fault as Error;
  expect(message).toContain(
    'patients.sql gives under columns 1, 2 what the contract does not know; see that the file begins',
  );
  expect(message).toContain('encounters.sql gives a column patiend_id');
  expect(message.toLowerCase()).not.toMatch(/unmistakable|inaudible|77/);
  expect(night.logged().toLowerCase()).not.toContain('unmistakable');
});
