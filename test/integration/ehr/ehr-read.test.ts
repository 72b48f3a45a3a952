import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import { fetchPage, ehrSite, scanned, someEncounters, somePatients, type EhrSite } from '../support/ehr-site.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
  await site.sql(`
    CREATE TABLE patient (id bigint, code char(8), large numeric, uid uuid, name text, visit text);
    INSERT INTO patient VALUES
      (1, 'A', 10.50, '3a4c1f50-0000-4000-8000-000000000001', 'one', 'e1'),
      (2, 'B', 11, '3a4c1f50-0000-4000-8000-000000000002', 'two', 'e2'),
      (2, 'B', 11, '3a4c1f50-0000-4000-8000-000000000002', 'two again', NULL)`);
});
afterAll(() => site.drop());

const patientsBy = (key: string): string => `SELECT ${key} AS patient_id, name AS last_name FROM patient`;

describe('a fetch', () => {
  it.each([
    ['id', ['1', '2'], ['01', '1.0', ' 1', 'one', '', '9223372036854775808', "1' OR '1"]],
    ['id::integer', ['1', '2'], ['2147483648', '-0']],
    ['id::smallint', ['1', '2'], ['32768']],
    ['code', ['A       ', 'B       '], ['A', 'a       ', 'A\0']],
    ['large', ['10.50', '11'], ['10.5', '11.0', '1e1', 'NaN']],
    ['uid', ['3a4c1f50-0000-4000-8000-000000000001'], ['3A4C1F50-0000-4000-8000-000000000001', '3a4c1f50']],
    ['code::varchar(8)', ['A', 'B'], ['A ']],
    ['id::regclass', ['1', '2'], ['one']],
  ])("finds only the row of a key of %s under the scan's id", async (key, there, absent) => {
    const ehr = await site.open({ 'patients.sql': patientsBy(key), 'encounters.sql': someEncounters });
    const found = await ehr.fetch('patient', [...there, ...absent]);
    expect([...found.keys()].sort()).toEqual(there);
    const scannedIdsOf = (await scanned(ehr, 'patient')).map((line) => line.split('\t')[1]);
    expect(scannedIdsOf).toEqual(expect.arrayContaining(there));
  });

  it('gives every row of a duplicate key', async () => {
    const ehr = await site.open({ 'patients.sql': patientsBy('id'), 'encounters.sql': someEncounters });
    const found = await ehr.fetch('patient', ['1', '2', '2']);
    expect(
      found
        .get('2')
        ?.map(({ row }) => row.last_name)
        .sort(),
    ).toEqual(['two', 'two again']);
    expect(found.get('1')?.[0]).toMatchObject({
      row: { patient_id: '1', last_name: 'one', sex: null },
      updatedAt: null,
    });
  });

  it("uses the site's query by id, and takes only what it asked for", async () => {
    const ehr = await site.open({
      'patients.sql': patientsBy('id::text'),
      'patients_by_id.sql': `SELECT name AS last_name, id::text AS patient_id FROM patient WHERE cardinality($1::bigint[]) > 0;`,
      'encounters.sql': someEncounters,
    });
    const found = await ehr.fetch('patient', ['1']);
    expect([...found.keys()]).toEqual(['1']);
    expect(found.get('1')?.[0]?.line).toBe((await scanned(ehr, 'patient'))[0]?.replace('\\N\t', ''));
  });

  it('reports that the query by id cannot take an id, without the id', async () => {
    const ehr = await site.open({
      'patients.sql': patientsBy('id::text'),
      'patients_by_id.sql': `${patientsBy('id::text')} WHERE id = ANY($1::bigint[])`,
      'encounters.sql': someEncounters,
    });
    const fault: unknown = await ehr.fetch('patient', ['Margaret']).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UsageFault);
    expect(String(fault)).toMatch(/patients_by_id\.sql failed on a value .*SQLSTATE 22P02/);
    expect(String(fault)).not.toContain('Margaret');
    // The connection that failed is replaced.
    expect((await ehr.fetch('patient', ['1'])).size).toBe(1);
  });

  it('leaves out a visit without its patient', async () => {
    const encounters = 'SELECT visit AS encounter_id, CASE WHEN id = 1 THEN name END AS patient_id FROM patient';
    const ehr = await site.open({ 'patients.sql': somePatients, 'encounters.sql': encounters });
    expect([...(await ehr.fetch('encounter', ['e1', 'e2'])).keys()]).toEqual(['e1']);
  });

  it('gives a page of patients and visits as of one moment', async () => {
    await site.sql('CREATE TABLE pair (id text, name text); INSERT INTO pair VALUES (1, $$before$$)');
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id, name AS last_name, pg_sleep(0.5)::text AS city FROM pair',
      'encounters.sql': 'SELECT id AS encounter_id, name AS patient_id FROM pair',
    });
    const page = fetchPage(ehr, ['1'], ['1']);
    await wait(200);
    await site.sql("UPDATE pair SET name = 'after'");
    const { patients, encounters } = await page;
    expect(patients.get('1')?.[0]?.row.last_name).toBe('before');
    expect(encounters.get('1')?.[0]?.row.patient_id).toBe('before');
    expect((await ehr.fetch('encounter', ['1'])).get('1')?.[0]?.row.patient_id).toBe('after');
  });

  it('survives a lost connection between two pages', async () => {
    const ehr = await site.open({ 'patients.sql': patientsBy('id'), 'encounters.sql': someEncounters });
    await ehr.fetch('patient', ['1']);
    await site.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    expect((await ehr.fetch('patient', ['1'])).size).toBe(1);
  });
});

describe('a snapshot', () => {
  it('shows every entity as of one moment', async () => {
    await site.sql('CREATE TABLE moment (id text)');
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id FROM moment',
      'encounters.sql': "SELECT id AS encounter_id, 'p' AS patient_id FROM moment",
    });
    const counts = await ehr.snapshot(async (snapshot) => {
      const before = (await (await snapshot.scan('patient', { kind: 'all' })).toArray()).length;
      await site.sql("INSERT INTO moment VALUES ('new')");
      const after = (await (await snapshot.scan('encounter', { kind: 'all' })).toArray()).length;
      return [before, after, (await snapshot.fetch('encounter', ['new'])).size];
    });
    expect(counts).toEqual([0, 0, 0]);
    expect((await ehr.fetch('encounter', ['new'])).size).toBe(1);
  });

  it("gives the source's own clock", async () => {
    const ehr = await site.open({ 'patients.sql': somePatients, 'encounters.sql': someEncounters });
    const clock = await ehr.snapshot((snapshot) => snapshot.clock());
    expect(Math.abs(Date.now() - clock.getTime())).toBeLessThan(60_000);
  });

  it('is read only, also for a function in the contract', async () => {
    await site.sql(`
      CREATE TABLE written (id text);
      CREATE FUNCTION write() RETURNS text LANGUAGE sql AS $$ INSERT INTO written VALUES ('x') RETURNING id $$`);
    const ehr = await site.open({ 'patients.sql': 'SELECT write() AS patient_id', 'encounters.sql': someEncounters });
    await expect(scanned(ehr, 'patient')).rejects.toThrow(/would write into the EHR/);
    await expect(ehr.fetch('patient', ['x'])).rejects.toThrow(/would write into the EHR/);
  });

  it("ends when a reader stops mid-scan, with the reader's own error", async () => {
    const ehr = await site.open({
      'patients.sql': "SELECT i AS patient_id, repeat('x', 1000) AS city FROM generate_series(1, 100000) AS i",
      'encounters.sql': someEncounters,
    });
    const stopped = ehr.snapshot(async (snapshot) => {
      for await (const chunk of await snapshot.scan('patient', { kind: 'all' }))
        throw new Error(`stop at ${typeof chunk}`);
    });
    await expect(stopped).rejects.toThrow('stop at object');
  });

  it('names a value that the contract cannot convert by its code only', async () => {
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id, name::date AS birth_date FROM patient',
      'encounters.sql': someEncounters,
    });
    const fault: unknown = await scanned(ehr, 'patient').catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UsageFault);
    expect(String(fault)).toMatch(/patients\.sql failed on a value .*SQLSTATE 22007/);
    expect(String(fault)).not.toMatch(/one|two/);
  });

  describe('a snapshot of a standby that cancels it', () => {
    const conflict = {
      'patients.sql': 'SELECT id AS patient_id FROM patient WHERE NOT in_conflict()',
      'encounters.sql': someEncounters,
    };
    beforeAll(() =>
      site.sql(`
        CREATE TABLE replayed (id int);
        CREATE FUNCTION in_conflict() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
          IF EXISTS (SELECT FROM replayed) THEN RETURN false; END IF;
          RAISE 'canceling statement due to conflict with recovery' USING ERRCODE = '40001';
        END $$`),
    );

    it('fails the second time, with the setting to change', async () => {
      const ehr = await site.open(conflict);
      let attempts = 0;
      const work = ehr.snapshot(async (snapshot) => {
        attempts += 1;
        return (await snapshot.scan('patient', { kind: 'all' })).toArray();
      });
      await expect(work).rejects.toThrow(/standby.*hot_standby_feedback/);
      expect(attempts).toBe(2);
      await expect(ehr.fetch('patient', ['1'])).rejects.toThrow(/standby.*hot_standby_feedback/);
    });

    it('is taken once more from the start', async () => {
      const ehr = await site.open(conflict);
      let attempts = 0;
      const chunks = await ehr.snapshot(async (snapshot) => {
        attempts += 1;
        if (attempts === 2) await site.sql('INSERT INTO replayed VALUES (1)');
        return (await snapshot.scan('patient', { kind: 'all' })).toArray();
      });
      expect([
        attempts,
        Buffer.concat(chunks as Buffer[])
          .toString()
          .split('\n'),
      ]).toEqual([2, expect.any(Array)]);
      expect(Buffer.concat(chunks as Buffer[]).toString()).toMatch(/^(?:\\N\t[12]\n){3}$/);
    });
  });
});
