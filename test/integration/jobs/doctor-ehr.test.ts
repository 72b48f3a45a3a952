import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../../src/fault.ts';
import { doctorSite, type DoctorSite } from '../support/doctor-site.ts';

let site: DoctorSite;

beforeAll(async () => {
  site = await doctorSite();
});
afterAll(() => site.close());

const said = (lines: readonly string[], what: string): string | undefined =>
  lines.find((line) => line.startsWith(`${what} `));

/** What a visit to the site must never bring out. */
const values = ['Quixotic', '1970-01-02', 'Zygomycosis', '2026-03-01', 'Onomatopoeia'];

describe('the doctor on the EHR', () => {
  test('approves a role that may only read it', async () => {
    const { exitCode, lines } = await site.visit();
    expect({ exitCode, faults: lines('fault'), skipped: lines('skipped') }).toEqual({
      exitCode: exitCodes.done,
      faults: [],
      skipped: [],
    });
    expect(said(lines('ok'), 'role')).toMatch(/is no superuser and may not create schemas/);
    expect(lines('ok').filter((line) => line.startsWith('rights Only SELECT'))).toEqual([
      'rights Only SELECT on what the contract reads: chart.person (never analysed), chart.visit (never analysed).',
    ]);
  });

  test('goes on with Redox when it cannot reach the EHR', async () => {
    const { exitCode, lines } = await site.visit({ EHR_URL: 'postgres://reader@127.0.0.1:1/ehr' });
    expect([exitCode, lines('fault')]).toEqual([
      exitCodes.unavailable,
      [expect.stringMatching(/^server Could not connect to the EHR at 127\.0\.0\.1:1/)],
    ]);
    expect(said(lines('ok'), 'token')).toBeDefined();
  });

  test("warns of a role that could change the contract's tables", async () => {
    const { name, url } = await site.role();
    await site.sql(
      `GRANT USAGE, CREATE ON SCHEMA chart TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA chart TO ${name}`,
    );
    await site.sql(`GRANT UPDATE (name) ON chart.person TO ${name}; GRANT DELETE ON chart.visit TO ${name}`);
    const { exitCode, lines } = await site.visit({ EHR_URL: url });
    expect([exitCode, said(lines('warning'), 'rights')]).toEqual([
      exitCodes.done,
      'rights The role could change the EHR: UPDATE, CREATE in its schema on chart.person; DELETE, CREATE in its schema on chart.visit.',
    ]);
  });

  test('names the query that a role may not run, and continues', async () => {
    const { name, url } = await site.role();
    await site.sql(`GRANT USAGE ON SCHEMA chart TO ${name}; GRANT SELECT ON chart.person TO ${name}`);
    const { exitCode, lines } = await site.visit({ EHR_URL: url });
    expect(exitCode).toBe(exitCodes.usage);
    expect(lines('fault').map((line) => line.split(' ')[0])).toEqual(['encounters.sql', 'sections/problems.sql']);
    expect(said(lines('fault'), 'encounters.sql')).toContain(
      'grant the role of EHR_URL SELECT on what the query reads',
    );
    expect(said(lines('ok'), 'patients.sql')).toBeDefined();
    expect(said(lines('skipped'), 'sample')).toBe('sample because the contract does not fit.');
  });

  test('names patients with the same keys by their ids, and no value', async () => {
    const people = "(VALUES (1, 'Quixotic'), (2, 'quixotic'), (3, 'Onomatopoeia')) AS p (id, name)";
    const keys = `SELECT id AS patient_id, name AS first_name, name AS last_name, '1970-01-02' AS birth_date, '53703' AS zip FROM ${people}`;
    const EHR_CONTRACT = await site.contract({ 'patients.sql': keys, 'patients_by_id.sql': null });
    const { lines, stdout } = await site.visit({ EHR_CONTRACT });
    expect(said(lines('warning'), 'same')).toBe(
      'same keys 2 patients share first name, last name, birth date and ZIP with another (1 pair): 1 2.',
    );
    for (const value of values) expect(stdout).not.toContain(value);
  });

  test('names a missing column, an unknown one and a missing file', async () => {
    const EHR_CONTRACT = await site.contract({
      'patients.sql': 'SELECT name AS last_nam FROM chart.person',
      'patients_by_id.sql': null,
      'encounters.sql': null,
    });
    const { exitCode, lines } = await site.visit({ EHR_CONTRACT });
    expect(exitCode).toBe(exitCodes.usage);
    expect(said(lines('fault'), 'contract')).toMatch(/encounters\.sql is missing/);
    expect(said(lines('fault'), 'patients.sql')).toMatch(
      /gives no column patient_id.*; .*last_nam, .*call it last_name/,
    );
  });

  test('detects a wrong time zone by the newest updated_at', async () => {
    const { exitCode, stdout, lines } = await site.visit({ EHR_TIME_ZONE: 'America/Los_Angeles' });
    expect(exitCode).toBe(exitCodes.usage);
    expect(lines('fault')).toEqual([
      expect.stringMatching(
        /^updated_at The newest of patients\.sql lies (1 h 59 min|2 h).* ahead of now by EHR_TIME_ZONE/,
      ),
      expect.stringMatching(
        /^updated_at The newest of encounters\.sql lies (1 h 59 min|2 h).* ahead of now by EHR_TIME_ZONE/,
      ),
    ]);
    expect(stdout).toContain('→ Set EHR_TIME_ZONE to the zone');
    expect((await site.visit()).lines('fault')).toEqual([]);
  });

  test('warns of unexplained times, and of a query without updated_at', async () => {
    const EHR_CONTRACT = await site.contract({
      'patients.sql': "SELECT person_id AS patient_id, timestamp '2999-01-01' AS updated_at FROM chart.person",
      'patients_by_id.sql': null,
      'encounters.sql':
        'SELECT visit_id AS encounter_id, person_id AS patient_id, version AS clinical_version FROM chart.visit',
    });
    const { lines } = await site.visit({ EHR_CONTRACT });
    expect(lines('warning').filter((line) => line.startsWith('updated_at'))).toEqual([
      expect.stringMatching(/patients\.sql has 1 rows? with an updated_at more than 15 hours ahead/),
      expect.stringMatching(/encounters\.sql has no updated_at/),
    ]);
  });
});

describe('the doctor on silent faults', () => {
  test('finds that a role may have too few connections', async () => {
    const { name, url } = await site.role();
    await site.sql(`GRANT USAGE ON SCHEMA chart TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA chart TO ${name}`);
    await site.sql(`ALTER ROLE ${name} CONNECTION LIMIT 1`);
    const { exitCode, lines } = await site.visit({ EHR_URL: url });
    expect([exitCode, lines('fault')]).toEqual([
      exitCodes.usage,
      [`connections A run needs 2 connections at the same time, and the CONNECTION LIMIT of the role ${name} is 1.`],
    ]);
  });

  test('finds rows that row level security hides', async () => {
    await site.sql(
      "ALTER TABLE chart.person ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON chart.person USING (name = 'x')",
    );
    onTestFinished(() =>
      site.sql('DROP POLICY one ON chart.person; ALTER TABLE chart.person DISABLE ROW LEVEL SECURITY'),
    );
    const { exitCode, lines } = await site.visit();
    expect([exitCode, said(lines('warning'), 'rows')]).toEqual([
      exitCodes.done,
      expect.stringMatching(/Row level security on chart\.person, which patients\.sql reads/),
    ]);
  });

  test('finds every table with hidden rows, also partitions and functions', async () => {
    const hiding = (table: string): string =>
      `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON ${table} USING (id > 1)`;
    const partitioned = (table: string): string =>
      `CREATE TABLE ${table} (id integer) PARTITION BY LIST (id); CREATE TABLE ${table}_rest PARTITION OF ${table} DEFAULT`;
    const tables = ['chart.chart_a', 'chart.chart_b', 'chart.note'];
    await site.sql(
      `${tables.slice(0, 2).map(partitioned).join('; ')}; CREATE TABLE chart.note (id integer, text text);
       ${tables.map(hiding).join('; ')}; GRANT SELECT ON ${tables.join(', ')} TO PUBLIC;
       CREATE FUNCTION chart.note_of(integer) RETURNS text LANGUAGE plpgsql STABLE AS
       $$ BEGIN RETURN (SELECT text FROM chart.note WHERE id = $1 LIMIT 1); END $$`,
    );
    onTestFinished(() => site.sql(`DROP TABLE ${tables.join(', ')}; DROP FUNCTION chart.note_of(integer)`));
    const found = async (patients: string): Promise<string | undefined> => {
      const EHR_CONTRACT = await site.contract({ 'patients.sql': patients, 'patients_by_id.sql': null });
      return said((await site.visit({ EHR_CONTRACT })).lines('warning'), 'rows');
    };
    expect(await found('SELECT a.id AS patient_id FROM chart.chart_a AS a JOIN chart.chart_b USING (id)')).toMatch(
      /^rows Row level security on chart\.chart_a, chart\.chart_b,/,
    );
    expect(
      await found('SELECT person_id AS patient_id, chart.note_of(person_id) AS last_name FROM chart.person'),
    ).toMatch(/^rows Row level security on chart\.note,/);
  });

  test("names the settings of its sessions, and the EHR's statement_timeout", async () => {
    const { name, url } = await site.role();
    await site.sql(
      `GRANT USAGE ON SCHEMA chart TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA chart TO ${name};
       ALTER ROLE ${name} SET statement_timeout = '30min'; ALTER ROLE ${name} SET temp_file_limit = '1GB';
       ALTER ROLE ${name} SET search_path = chart; ALTER ROLE ${name} SET array_nulls = off`,
    );
    const { exitCode, lines } = await site.visit({ EHR_URL: url });
    expect(exitCode).toBe(exitCodes.done);
    expect(lines('ok')).toContainEqual('session Left as they are set: search_path is chart (the role).');
    expect(said(lines('warning'), 'session')).toBe(
      'session temp_file_limit is 1GB (the role): a statement that sorts more than that ends the run.',
    );
    expect(said(lines('warning'), 'statement_timeout')).toMatch(/The EHR ends a statement after 30 min/);
    const asked = await site.visit({ EHR_URL: url, EHR_SCAN_TIMEOUT: '1h' });
    expect(said(asked.lines('warning'), 'statement_timeout')).toBeUndefined();
  });

  test('finds session-made times, odd types, and rows that nobody would receive', async () => {
    const EHR_CONTRACT = await site.contract({
      'patients.sql':
        'SELECT person_id AS patient_id, 12345.00::numeric(12,2) AS mrn, born::timestamptz AS birth_date FROM chart.person',
      'patients_by_id.sql': null,
      'encounters.sql':
        "SELECT visit_id AS encounter_id, person_id AS patient_id, began::timestamptz AS started_at, 'open' AS status, 'I10' AS reason_code, version AS clinical_version FROM chart.visit",
    });
    const { exitCode, stdout, lines } = await site.visit({ EHR_CONTRACT });
    const warnings = lines('warning');
    expect(exitCode).toBe(exitCodes.done);
    const found = (what: string): string[] => warnings.filter((line) => line.startsWith(`${what} `));
    expect(found('session zone')).toEqual([
      expect.stringMatching(/patients\.sql makes birth_date in the time zone of the session/),
      expect.stringMatching(/encounters\.sql makes started_at in the time zone of the session/),
    ]);
    expect(found('types')).toEqual([
      expect.stringMatching(/patients\.sql gives mrn as numeric with 2 decimals/),
      expect.stringMatching(/patients\.sql gives birth_date as timestamp with time zone/),
    ]);
    expect(found('forecast')).toEqual([
      expect.stringMatching(/^forecast Others can find none of 1 patient/),
      'forecast Of 1 visit looked at, none is finished, so none would be sent: open 1.',
      'forecast encounters.sql gives codes without their system: reason_code in 1 of 1 row.',
      expect.stringMatching(/^forecast patients\.sql gives ids in the form of a number/),
    ]);
    for (const value of values) expect(stdout).not.toContain(value);
  });
});

describe('the doctor on a row', () => {
  test('shows types, sizes and what it cannot read, never a value', async () => {
    await site.sql("UPDATE chart.person SET born = 'Onomatopoeia'");
    onTestFinished(() => site.sql("UPDATE chart.person SET born = '1970-01-02'"));
    const { exitCode, stdout, lines } = await site.visit({}, '--columns');
    expect([exitCode, said(lines('warning'), 'sample')]).toEqual([
      exitCodes.done,
      'sample One row of patients.sql: 4 of 4 columns are filled; not understood: birth_date (malformed).',
    ]);
    expect(stdout).toMatch(/birth_date {2,}text {2,}under 100 characters {2,}malformed/);
    expect(stdout).toMatch(/encounter_id {2,}integer {2,}under 10 characters {2,}as expected/);
    expect(stdout).toMatch(/first_name {2,}not given/);
    for (const value of values) expect(stdout).not.toContain(value);
  });

  test('hides values that the database quotes in its errors', async () => {
    await site.sql(`
      CREATE OR REPLACE FUNCTION chart.shout(text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'cannot bear %', $1; END $$`);
    const naughty = [
      'SELECT person_id AS patient_id, chart.shout(name) AS last_name FROM chart.person',
      'SELECT person_id AS patient_id, name::date::text AS last_name FROM chart.person',
    ];
    for (const query of naughty) {
      const EHR_CONTRACT = await site.contract({ 'patients.sql': query, 'patients_by_id.sql': null });
      const { exitCode, stdout, lines } = await site.visit({ EHR_CONTRACT }, '--columns');
      expect([exitCode, said(lines('fault'), 'sample')]).toEqual([
        exitCodes.usage,
        expect.stringMatching(/patients\.sql failed on one of its first rows \(SQLSTATE (P0001|22007)\)/),
      ]);
      for (const value of values) expect(stdout).not.toContain(value);
    }
  });

  test('reports a query by key that contradicts the main query', async () => {
    const EHR_CONTRACT = await site.contract({
      'patients_by_id.sql':
        'SELECT person_id AS patient_id, changed AS updated_at, upper(name) AS last_name, born AS birth_date FROM chart.person WHERE person_id = ANY($1::text[]::integer[])',
    });
    const { lines } = await site.visit({ EHR_CONTRACT });
    expect(said(lines('warning'), 'by key')).toBe(
      'by key patients_by_id.sql gives another last_name than the query for all.',
    );
    const none = await site.contract({
      'patients_by_id.sql':
        'SELECT person_id AS patient_id, changed AS updated_at, name AS last_name, born AS birth_date FROM chart.person WHERE false AND person_id = ANY($1::text[]::integer[])',
    });
    const { exitCode, lines: others } = await site.visit({ EHR_CONTRACT: none });
    expect([exitCode, said(others('fault'), 'by key')]).toEqual([
      exitCodes.usage,
      'by key patients_by_id.sql does not find by its key the patient that the query for all gives.',
    ]);
  });
});
