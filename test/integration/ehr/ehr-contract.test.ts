import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import { ehrSite, someEncounters, somePatients, type EhrSite } from '../support/ehr-site.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
  await site.sql(`
    CREATE TABLE big AS SELECT i AS id, 'p' || i AS code FROM generate_series(1, 20000) AS i;
    CREATE UNIQUE INDEX ON big (id);
    CREATE TABLE small AS SELECT * FROM big LIMIT 100;
    ANALYZE`);
});
afterAll(() => site.drop());

/** The fault of opening a contract of these files; what a file is not said to be is in order. */
async function faultOf(files: Readonly<Record<string, string>>): Promise<string> {
  const opening = site.open({ 'patients.sql': somePatients, 'encounters.sql': someEncounters, ...files });
  const fault: unknown = await opening.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(UsageFault);
  return (fault as UsageFault).message;
}

describe('openEhr', () => {
  it('takes comments, a semicolon at the end and a byte-order mark', async () => {
    const patients = "\uFEFF-- Patients; all of them.\nSELECT 'p;q' AS patient_id -- the id\n; -- done\n/* really; */ ";
    const ehr = await site.open({ 'patients.sql': patients, 'encounters.sql': someEncounters });
    expect([...(await ehr.fetch('patient', ['p;q'])).keys()]).toEqual(['p;q']);
  });

  it('says which of its files are missing', async () => {
    const fault: unknown = await site.open({}).catch((error: unknown) => error);
    expect(String(fault)).toMatch(/patients\.sql is missing; write one SELECT.*\n.*encounters\.sql is missing/);
  });

  it('lists every fault at once', async () => {
    const fault = await faultOf({
      'patients.sql': "SELECT 1 AS patient_idd, 'x' AS sex, 'y' AS sex",
      'encounters.sql': 'SELECT nothing FROM nowhere',
      'merges.sql': "SELECT 'a' AS retired_patient_id",
    });
    expect(fault.split('\n')).toEqual([
      expect.stringMatching(/^The EHR contract in .* does not fit:$/),
      '  - patients.sql gives no column patient_id, which is required; select it under this name.',
      '  - patients.sql gives a column patient_idd, which the contract does not know; call it patient_id if that is meant, or take it out.',
      '  - patients.sql gives the column sex more than once; keep one of them.',
      expect.stringMatching(
        /^ {2}- encounters\.sql, line 1, was refused: relation "nowhere" does not exist .*search_path/,
      ),
      '  - merges.sql gives no column surviving_patient_id, which is required; select it under this name.',
    ]);
  });

  it('names the line of the file that Postgres points at', async () => {
    const fault = await faultOf({
      'patients.sql': "-- one\n-- dos \u{1f600}\nSELECT 'p' AS patient_id,\n  nosuch AS sex",
    });
    expect(fault).toMatch(/patients\.sql, line 4, was refused: column "nosuch" does not exist/);
  });

  it.each([
    ['two statements', "SELECT 'p' AS patient_id; SELECT 'q' AS patient_id"],
    ['a statement that writes', 'DELETE FROM small RETURNING code AS patient_id'],
    [
      'a statement that writes in a WITH',
      'WITH d AS (DELETE FROM small RETURNING code) SELECT code AS patient_id FROM d',
    ],
    ['something else', 'not SQL at all'],
  ])('refuses a file that holds %s', async (_, content) => {
    expect(await faultOf({ 'patients.sql': content })).toMatch(/patients\.sql, line 1, was refused: /);
  });

  it('refuses a file that holds only comments', async () => {
    expect(await faultOf({ 'patients.sql': '-- later\n;\n' })).toMatch(/patients\.sql holds no statement/);
  });

  it('suggests nothing for a column unlike any known one', async () => {
    const fault = await faultOf({ 'patients.sql': "SELECT 'p' AS patient_id, 1 AS favourite_colour" });
    expect(fault).toContain('favourite_colour, which the contract does not know; take it out.');
  });

  it.each([
    [
      "'true'::boolean",
      /updated_at as boolean, which is no time; cast it, e\.g\. changed_at::timestamptz AS updated_at/,
    ],
    [
      '1767225600::bigint',
      /updated_at as bigint, which is no time; cast it, e\.g\. to_timestamp\(changed_at\) AS updated_at/,
    ],
  ])('refuses an updated_at of %s with the cast to write', async (expression, message) => {
    expect(await faultOf({ 'patients.sql': `SELECT 'p' AS patient_id, ${expression} AS updated_at` })).toMatch(message);
  });

  it('refuses a parameter in a query that takes none', async () => {
    expect(await faultOf({ 'patients.sql': 'SELECT code AS patient_id FROM small WHERE code = ANY($1)' })).toMatch(
      /patients\.sql, line 1, was refused: there is no parameter \$1 .*belongs into patients_by_id\.sql/,
    );
  });

  it('refuses a query by id that takes no ids', async () => {
    expect(await faultOf({ 'patients_by_id.sql': somePatients })).toMatch(/patients_by_id\.sql does not use \$1/);
  });

  it("refuses a query by id whose columns differ from the main query's", async () => {
    const fault = await faultOf({
      'patients.sql': "SELECT code AS patient_id, 'x' AS sex, '1980-01-01' AS birth_date FROM small",
      'patients_by_id.sql':
        "SELECT code AS patient_id, 'c' AS city, date '1980-01-01' AS birth_date FROM small WHERE code = ANY($1)",
    });
    expect(fault).toContain('patients_by_id.sql gives no column sex, but patients.sql does');
    expect(fault).toContain('patients_by_id.sql gives a column city, but patients.sql does not');
    expect(fault).toContain(
      'patients_by_id.sql gives birth_date as date, but patients.sql as text; cast one like the other',
    );
  });

  it.each([
    [
      'SELECT code AS patient_id FROM small;\n-- @by_id WHERE code = ANY ($1)',
      /, line 1, was refused: syntax error .*exactly one/,
    ],
    ['SELECT code AS patient_id FROM small\n-- @by_id WHERE cod = ANY ($1)', /, line 2, was refused: column "cod"/],
    ['SELECT code AS patient_id FROM small\n-- @by_id WHERE true', / does not use \$1/],
    ['/*\n-- @by_id WHERE code = ANY ($1)\n*/ SELECT code AS patient_id FROM small', / does not use \$1/],
    ["SELECT code AS patient_id, '\n -- @by_id ' AS sex FROM small", / does not use \$1/],
    [
      "SELECT code AS patient_id,\n'x' AS sex -- @by_id 1 AS sex\nFROM small -- @by_id FROM small WHERE code = ANY ($1)",
      / gives sex as integer, but patients\.sql as text/,
    ],
  ])('names the file whose marked lines make a faulty query: %j', async (text, fault) => {
    const said = await faultOf({ 'patients.sql': text });
    expect(said).toMatch(new RegExp(`patients\\.sql with its lines -- @by_id${fault.source}`));
    expect(said).not.toContain('patients_by_id.sql');
  });

  it('names the section whose marked lines make a faulty query of summaries', async () => {
    const problems =
      'SELECT code AS encounter_id\nFROM small WHERE code = ANY ($1) -- @summary FROM small WHERE code = ANY ($1::text[])';
    const said = await faultOf({ 'sections/problems.sql': problems });
    expect(said).toContain('sections/problems.sql with its lines -- @summary gives no column patient_id');
  });

  it('refuses a time zone that the server does not know', async () => {
    const opening = site.open(
      { 'patients.sql': somePatients, 'encounters.sql': someEncounters },
      { timeZone: 'Mars/Olympus' },
    );
    await expect(opening).rejects.toThrow(/does not know the time zone Mars\/Olympus; set EHR_TIME_ZONE/);
  });

  it('warns where a fetch would scan a large table', async () => {
    const warningsOf = async (files: Record<string, string>): Promise<string[]> => {
      const ehr = await site.open({ 'encounters.sql': someEncounters, ...files });
      return ehr.warnings.map(({ file, message }) => `${file}: ${message}`);
    };
    expect(await warningsOf({ 'patients.sql': 'SELECT id::text AS patient_id FROM big' })).toEqual([
      expect.stringMatching(/^patients\.sql: .* reads the whole of public\.big .*write patients_by_id\.sql/),
    ]);
    expect(await warningsOf({ 'patients.sql': 'SELECT id AS patient_id FROM big' })).toEqual([]);
    expect(await warningsOf({ 'patients.sql': 'SELECT id::text AS patient_id FROM small' })).toEqual([]);
    const byId = (condition: string): Record<string, string> => ({
      'patients.sql': 'SELECT id::text AS patient_id FROM big',
      'patients_by_id.sql': `SELECT id::text AS patient_id FROM big WHERE ${condition}`,
    });
    expect(await warningsOf(byId('id = ANY($1::bigint[])'))).toEqual([]);
    expect(await warningsOf(byId('id::text = ANY($1)'))).toEqual([
      expect.stringMatching(/^patients_by_id\.sql: .*cast \$1, not the column/),
    ]);
  });
});
