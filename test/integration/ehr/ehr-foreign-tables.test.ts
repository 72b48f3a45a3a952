import { afterAll, beforeAll, expect, test } from 'vitest';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { fetchPage, ehrSite, scanned, somePatients, type EhrSite } from '../support/ehr-site.ts';

/** An EHR whose tables lie on another server and are reached through a foreign data wrapper. */
let far: TestDatabase;
let site: EhrSite;
beforeAll(async () => {
  far = await freshDatabase();
  const owner = await Session.open(far.url, { neighbour: 'the far server' });
  await owner.query(
    'tables',
    "CREATE TABLE visit AS SELECT i AS id, 'p'::text AS person, 'x' AS problem FROM generate_series(1, 3) AS i",
  );
  await owner.close();
  site = await ehrSite();
  const url = new URL(far.url.reveal());
  await site.sql(`
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
      OPTIONS (host '${url.hostname}', port '${url.port}', dbname '${url.pathname.slice(1)}', use_remote_estimate 'true');
    CREATE USER MAPPING FOR CURRENT_USER SERVER far
      OPTIONS (user '${url.username}', password '${decodeURIComponent(url.password)}');
    CREATE FOREIGN TABLE visit (id integer, person text, problem text) SERVER far`);
});
afterAll(async () => {
  await site.drop();
  await far.drop();
});

test("foreign tables are read by key and with the visits' sections", async () => {
  const ehr = await site.open({
    'patients.sql': somePatients,
    'encounters.sql': 'SELECT id AS encounter_id, person AS patient_id FROM visit',
    'encounters_by_id.sql':
      'SELECT id AS encounter_id, person AS patient_id FROM visit WHERE id = ANY($1::text[]::integer[])',
    'sections/problems.sql': 'SELECT id AS encounter_id, problem AS name FROM visit WHERE id = ANY($1)',
  });
  expect(await scanned(ehr, 'encounter')).toHaveLength(3);
  const { encounters, sections } = await fetchPage(ehr, ['p'], ['1', '3']);
  expect([...encounters.keys()].sort()).toEqual(['1', '3']);
  expect([...sections.keys()].sort()).toEqual(['1', '3']);
});

test('a query never gets an empty list, which some wrappers cannot send', async () => {
  // As oracle_fdw and mysql_fdw, whose IN () is refused when the query is planned.
  const refuses = '1 / cardinality($1::text[]) >= 0';
  const ehr = await site.open({
    'patients.sql': somePatients,
    'patients_by_id.sql': `SELECT 'p' AS patient_id WHERE ${refuses}`,
    'encounters.sql': "SELECT '1' AS encounter_id, 'p' AS patient_id",
    'sections/problems.sql': `SELECT '1' AS encounter_id, 'x' AS name WHERE '1' = ANY($1) AND ${refuses}`,
  });
  const { patients, sections } = await fetchPage(ehr, ['p'], []);
  expect([patients.size, sections.size]).toEqual([1, 0]);
});
