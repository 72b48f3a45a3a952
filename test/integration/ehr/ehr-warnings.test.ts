import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { countingStatements } from '../support/report/statements.ts';
import { ehrSite, someEncounters, somePatients, type EhrSite } from '../support/ehr-site.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
});
afterAll(() => site.drop());

/** What opening a contract of these files warns of; what a file is not said to be is in order. */
async function warningsOf(files: Readonly<Record<string, string>>, timeZone = 'America/Chicago'): Promise<string[]> {
  const ehr = await site.open(
    { 'patients.sql': somePatients, 'encounters.sql': someEncounters, ...files },
    { timeZone },
  );
  return ehr.warnings.map(({ message }) => message);
}

describe("a column computed in the session's time zone", () => {
  const visits = (columns: string): Readonly<Record<string, string>> => ({
    'encounters.sql': `SELECT id AS encounter_id, pt AS patient_id, ${columns} FROM visit`,
  });
  beforeAll(async () => {
    await site.sql(`
      CREATE TABLE visit AS SELECT i::text AS id, 'p'::text AS pt, '03/02/2026 09:00 AM'::text AS said,
        timestamp '2026-03-02 09:00' AS wall, timestamptz '2026-03-02 15:00+00' AS moment, NULL::text AS nothing
      FROM generate_series(1, 20) AS i`);
  });

  it.each([
    ["to_timestamp(said, 'MM/DD/YYYY HH:MI AM') AS started_at", 'started_at'],
    ["to_timestamp(said, 'MM/DD/YYYY HH:MI AM') AS started_at, said::timestamptz AS ended_at", 'started_at, ended_at'],
    ['wall::timestamptz AS started_at', 'started_at'],
    ['moment::timestamp AS started_at', 'started_at'],
    ['moment::date AS started_at', 'started_at'],
    // At 15:00 UTC another day has begun far in the east, at 05:00 one still lasts far in the west.
    ["(moment - interval '10 hours')::date AS started_at", 'started_at'],
    ["to_char(moment, 'YYYY-MM-DD HH24:MI') AS started_at", 'started_at'],
    ["date_trunc('day', moment) AS started_at", 'started_at'],
    ['current_date AS started_at', 'started_at'],
    ["(current_timestamp + interval '12 hours')::date AS started_at", 'started_at'],
    ['wall::timestamptz AS updated_at', 'updated_at'],
  ])('causes a warning: %s', async (columns, names) => {
    expect(await warningsOf(visits(columns))).toEqual([
      expect.stringMatching(
        new RegExp(`^encounters\\.sql makes ${names} in the time zone of the session, which is always UTC`),
      ),
    ]);
  });

  it.each([
    'wall AS started_at, moment AS ended_at, wall AS updated_at',
    "to_timestamp(said, 'MM/DD/YYYY HH:MI AM')::timestamp AS started_at",
    "said::timestamp AT TIME ZONE 'America/Chicago' AS started_at",
    "(moment AT TIME ZONE 'America/Chicago')::date AS started_at",
    'moment::text AS started_at, nothing AS ended_at, now() AS updated_at',
    'said AS started_at, md5(random()::text) AS clinical_version',
  ])('causes no warning: %s', async (columns) => {
    expect(await warningsOf(visits(columns))).toEqual([]);
  });

  it('causes a warning in sections and merges, too', async () => {
    const files = {
      ...visits('wall AS started_at, id AS clinical_version'),
      'sections/problems.sql':
        'SELECT id AS encounter_id, said AS name, wall::timestamptz AS started_at FROM visit WHERE id = ANY($1)',
      'merges.sql':
        "SELECT id AS retired_patient_id, 's' AS surviving_patient_id, said::timestamptz AS merged_at FROM visit",
    };
    expect((await warningsOf(files)).map((message) => message.split(' in the time zone')[0])).toEqual([
      'merges.sql makes merged_at',
      'sections/problems.sql makes started_at',
    ]);
  });

  it('is looked for once in a process, until the contract or the zone changes', async () => {
    const inZones = async (columns: string, timeZone?: string): Promise<number> => {
      const sent = await countingStatements(() => warningsOf(visits(columns), timeZone));
      return sent.filter((text) => text.includes('hashtext')).length;
    };
    expect(await inZones('wall::timestamptz AS started_at')).toBeGreaterThan(0);
    expect(await inZones('wall::timestamptz AS started_at')).toBe(0);
    expect(await warningsOf(visits('wall::timestamptz AS started_at'))).toHaveLength(1);
    expect(await inZones('wall AS started_at')).toBeGreaterThan(0);
    expect(await inZones('wall AS started_at', 'America/Denver')).toBeGreaterThan(0);
  });

  it('is right where the site lives in UTC', async () => {
    expect(await warningsOf(visits('said::timestamptz AS started_at'), 'UTC')).toEqual([]);
  });
});

describe('a type with an unusual text', () => {
  it.each([
    ['1::numeric(12,2) AS mrn', /gives mrn as numeric with 2 decimals, which prints as 12345\.00; cast it to bigint/],
    ['1.5::double precision AS mrn', /gives mrn as double precision, which prints as 1\.23e\+15/],
    ["ARRAY['a','b'] AS home_phone", /gives home_phone as text\[\], .*\(home_phone\)\[1\]/],
    [`'{"line": "1 Elm St"}'::jsonb AS street_address`, /gives street_address as jsonb, .*street_address ->> 'line'/],
    ["'\\x00'::bytea AS last_name", /gives last_name as bytea/],
    ['2138::integer AS zip', /gives zip as integer, and a number has no leading zeros/],
    ["timestamptz '1980-05-04 00:00+09' AS birth_date", /gives birth_date as timestamp with time zone.*AT TIME ZONE/],
  ])('causes a warning: %s', async (column, message) => {
    expect(await warningsOf({ 'patients.sql': `SELECT 'p' AS patient_id, ${column}` })).toEqual([
      expect.stringMatching(message),
    ]);
  });

  it('is an unusual type', async () => {
    await site.sql(`
      CREATE TYPE sex_t AS ENUM ('F', 'M');
      CREATE DOMAIN mrn_t AS varchar(20)`);
    const usual =
      "SELECT '6f1c2b7a-0000-4000-8000-000000000001'::uuid AS patient_id, 1::numeric(12,0) AS mrn, 'Ana'::char(12) AS first_name," +
      " 'F'::sex_t AS sex, 'N'::mrn_t AS last_name, date '1980-05-04' AS birth_date, '02138' AS zip, true AS deceased, timestamptz '2026-01-01 00:00+00' AS deceased_at";
    expect(
      await warningsOf({
        'patients.sql': usual,
        'encounters.sql': 'SELECT 1::bigint AS encounter_id, 2::numeric AS patient_id',
      }),
    ).toEqual([]);
  });
});

describe('row level security', () => {
  /** What is warned of where the role sees the table only through this policy; `$role` is that role. */
  async function warningsUnder(policy: string | null, more = ''): Promise<string[]> {
    const own = await ehrSite();
    const role = `hidden_${randomBytes(6).toString('hex')}`;
    onTestFinished(async () => {
      await own.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await own.drop();
    });
    await own.sql(`
      CREATE ROLE ${role} LOGIN PASSWORD 'reading';
      CREATE TABLE pt AS SELECT 'p'::text AS id;
      GRANT SELECT ON pt TO ${role};
      ALTER TABLE pt ENABLE ROW LEVEL SECURITY;
      ${policy === null ? '' : `CREATE POLICY one ON pt ${policy.replace('$role', role)};`}
      ${more.replaceAll('$role', role)}`);
    const ehr = await own.open(
      { 'patients.sql': 'SELECT id AS patient_id FROM pt', 'encounters.sql': someEncounters },
      { role },
    );
    return ehr.warnings.map(({ message }) => message);
  }
  const hides = [expect.stringMatching(/^Row level security on public\.pt, which patients\.sql reads, may hide rows/)];

  it('causes a warning where a policy hides some rows', async () => {
    expect(await warningsUnder("USING (id = current_setting('app.clinic', true))")).toEqual(hides);
  });

  it('causes a warning where no policy shows any', async () => {
    expect(await warningsUnder(null)).toEqual(hides);
  });

  it('causes a warning where a restrictive policy joins a permissive one', async () => {
    expect(
      await warningsUnder('FOR SELECT USING (true)', "CREATE POLICY two ON pt AS RESTRICTIVE USING (id <> 'p');"),
    ).toEqual(hides);
  });

  it('causes no warning where every row shows or the role bypasses it', async () => {
    expect(await warningsUnder('FOR SELECT TO $role USING (true)')).toEqual([]);
    expect(await warningsUnder(null, 'ALTER ROLE $role BYPASSRLS;')).toEqual([]);
  });
});
