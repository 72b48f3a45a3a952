import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes, Fault, StoppedFault } from '../../../src/fault.ts';
import type { Ehr, ScanPace } from '../../../src/ehr/ehr.ts';
import { connectionOptions } from '../../../src/mysql/address.ts';
import { isReachable } from '../../../src/mysql/beside.ts';
import { Secret } from '../../../src/secret.ts';
import { scanned, someEncounters } from '../support/ehr-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';

const patients = 'SELECT id AS patient_id, name AS last_name FROM patient';

async function faultOf(work: Promise<unknown>): Promise<{ readonly exitCode: number; readonly message: string }> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) throw new Error(`not a Fault: ${String(error)}`);
  return { exitCode: error.exitCode, message: error.message };
}

describe.skipIf(mariadbd === null)('an EHR in MariaDB', () => {
  let site: MysqlSite;
  beforeAll(async () => {
    site = await mysqlSite();
    // Some three megabytes: more than the buffers between two processes hold.
    await site.sql("CREATE TABLE patient AS SELECT seq AS id, REPEAT('x', 500) AS name FROM seq_1_to_6000");
  });
  afterAll(() => site.drop());

  const open = (scanPace?: ScanPace, signal?: AbortSignal, query = patients): Promise<Ehr> =>
    site.open(
      { 'patients.sql': query, 'encounters.sql': someEncounters },
      { ...(scanPace === undefined ? {} : { scanPace }), ...(signal === undefined ? {} : { signal }) },
    );
  const connections = async (): Promise<number> =>
    (await site.rows("SELECT * FROM information_schema.processlist WHERE command <> 'Daemon' AND db = DATABASE()"))
      .length;

  it('gives every entity of a snapshot as of one moment', async () => {
    const ehr = await open();
    await ehr.snapshot(async (snapshot) => {
      const rows = (await text(await snapshot.scan('patient', { kind: 'all' }))).split('\n').length;
      await site.sql("INSERT INTO patient VALUES (7000, 'new')");
      expect((await text(await snapshot.scan('patient', { kind: 'all' }))).split('\n')).toHaveLength(rows);
      expect((await snapshot.fetch('patient', ['7000'])).size).toBe(0);
      // Another connection reads the newest rows.
      expect((await ehr.fetch('patient', ['7000'])).size).toBe(1);
    });
    await site.sql('DELETE FROM patient WHERE id = 7000');
  });

  it('holds no lock against those who write', async () => {
    const ehr = await open();
    await ehr.snapshot(async (snapshot) => {
      await text(await snapshot.scan('patient', { kind: 'all' }));
      await site.sql('SET lock_wait_timeout = 1; UPDATE patient SET name = name; SELECT * FROM patient FOR UPDATE');
    });
  });

  it('is reachable also for one whom it refuses, and not where nothing listens', async () => {
    const reachable = (change: (url: URL) => void): Promise<boolean> => {
      const url = new URL(site.url.reveal());
      change(url);
      return isReachable(connectionOptions(new Secret(url.href)));
    };
    expect(await reachable(() => undefined)).toBe(true);
    expect(await reachable((url) => (url.password = 'wrong'))).toBe(true);
    expect(await reachable((url) => (url.port = '1'))).toBe(false);
  });

  it('is never written to', async () => {
    await site.sql('CREATE OR REPLACE TABLE noted (id int)');
    await site.sql(
      'CREATE OR REPLACE FUNCTION note(n int) RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO noted VALUES (n); RETURN n; END',
    );
    const { exitCode, message } = await faultOf(
      open(undefined, undefined, 'SELECT note(id) AS patient_id FROM patient'),
    );
    expect(exitCode).toBe(exitCodes.usage);
    expect(message).toMatch(/patients\.sql was refused: .*READ ONLY.*the EHR is only read, so take that out/);
    expect(await site.rows('SELECT * FROM noted')).toEqual([]);
  });

  it('rests after each megabyte on request, and gives the same rows', async () => {
    const rows = await scanned(await open(), 'patient');
    const startedAt = performance.now();
    expect(await scanned(await open({ timeoutMs: 0, pauseMs: 300 }), 'patient')).toEqual(rows);
    expect(performance.now() - startedAt).toBeGreaterThan(2 * 300);
  });

  it('is let go by a reader that leaves early', async () => {
    const ehr = await open();
    const before = await connections();
    await ehr
      .snapshot(async (snapshot) => {
        const lines = await snapshot.scan('patient', { kind: 'all' });
        for await (const chunk of lines) {
          expect(chunk).toBeInstanceOf(Buffer);
          break;
        }
      })
      .catch(() => undefined);
    await expect.poll(connections, { timeout: 10_000 }).toBe(before);
  });

  it('ends a scan beyond its time limit, and says what to do', async () => {
    const slow = 'SELECT id AS patient_id FROM patient WHERE SLEEP(0.01) = 0';
    const { exitCode, message } = await faultOf(
      scanned(await open({ timeoutMs: 300, pauseMs: 0 }, undefined, slow), 'patient'),
    );
    expect(exitCode).toBe(exitCodes.unavailable);
    expect(message).toMatch(
      /The scan through patients\.sql took longer than EHR_SCAN_TIMEOUT allows.*nothing was sent/s,
    );
  });

  it('ends its statement when a signal says stop', async () => {
    const stop = new AbortController();
    const slow = 'SELECT id AS patient_id FROM patient WHERE SLEEP(0.2) = 0';
    const ehr = await open(undefined, stop.signal, slow);
    const startedAt = performance.now();
    setTimeout(() => {
      stop.abort('SIGTERM');
    }, 500);
    await expect(scanned(ehr, 'patient')).rejects.toThrow(StoppedFault);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const running =
      "SELECT * FROM information_schema.processlist WHERE info LIKE '%SLEEP(0.2)%' AND info NOT LIKE '%processlist%'";
    await expect.poll(async () => (await site.rows(running)).length, { timeout: 10_000 }).toBe(0);
  });

  it('reads again after it has ended an idle connection', async () => {
    const ehr = await open();
    const ids = await site.rows(
      'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND command = "Sleep" AND db = DATABASE()',
    );
    for (const { id } of ids) await site.sql(`KILL CONNECTION ${Number(id)}`);
    expect((await ehr.fetch('patient', ['1', '2'])).size).toBe(2);
  });

  it('says why it cannot be reached, without the password', async () => {
    const { hostname, port, pathname } = new URL(site.url.reveal());
    const wrong = new Secret(`mysql://nobody:hush-hush@${hostname}:${port}${pathname}`);
    const denied = await faultOf(
      site.open({ 'patients.sql': patients, 'encounters.sql': someEncounters }, { url: wrong }),
    );
    expect(denied.exitCode).toBe(exitCodes.unavailable);
    expect(denied.message).toMatch(/^Could not connect to the EHR at 127\.0\.0\.1:\d+\/test_\w+: Access denied/);
    expect(denied.message).not.toContain('hush-hush');
    const nobody = new Secret('mysql://nobody:hush-hush@127.0.0.1:1/ehr');
    const absent = await faultOf(
      site.open({ 'patients.sql': patients, 'encounters.sql': someEncounters }, { url: nobody }),
    );
    expect([absent.exitCode, absent.message]).toEqual([
      exitCodes.unavailable,
      expect.stringMatching(/ECONNREFUSED.*Check that the server runs/),
    ]);
  });

  it('names no value of a row that a query fails on', async () => {
    await site.sql(
      "CREATE OR REPLACE TABLE secretive (id int, name varchar(30)); INSERT INTO secretive VALUES (1, 'Quixotic'), (2, 'x')",
    );
    await site.sql(
      "CREATE OR REPLACE FUNCTION fail(t varchar(30)) RETURNS int BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = t; RETURN 1; END",
    );
    const query = 'SELECT id AS patient_id, fail(name) AS last_name FROM secretive';
    const { exitCode, message } = await faultOf(scanned(await open(undefined, undefined, query), 'patient'));
    expect(exitCode).toBe(exitCodes.usage);
    expect(message).toMatch(/patients\.sql failed on one of its rows/);
    expect(message).not.toContain('Quixotic');
  });
});

describe.skipIf(mariadbd === null)("a contract's query in MariaDB", () => {
  let site: MysqlSite;
  beforeAll(async () => {
    site = await mysqlSite();
    await site.sql('CREATE TABLE person (id int PRIMARY KEY, name varchar(50), mrn varchar(20), made datetime)');
    await site.sql("INSERT INTO person SELECT seq, 'x', seq, '2026-01-01' FROM seq_1_to_20000; ANALYZE TABLE person");
  });
  afterAll(() => site.drop());

  it.each([
    [
      'a table that is not there',
      { 'patients.sql': 'SELECT id AS patient_id FROM nobody' },
      /nobody' doesn't exist.*check the name/,
    ],
    [
      'a column that is not there',
      { 'patients.sql': 'SELECT id AS patient_id,\n  nick AS mrn FROM person' },
      /Unknown column 'nick'/,
    ],
    [
      'a typing error',
      { 'patients.sql': 'SELECT id AS patient_id\nFORM person' },
      /syntax.*at line 2 of the file.*exactly one SELECT/s,
    ],
    ['two statements', { 'patients.sql': 'SELECT id AS patient_id FROM person; DELETE FROM person' }, /syntax/],
    [
      'a parameter too many',
      { 'patients.sql': 'SELECT id AS patient_id FROM person WHERE id = $1' },
      /takes no parameters.*patients_by_id\.sql/,
    ],
    [
      'another parameter',
      { 'patients_by_id.sql': 'SELECT id AS patient_id FROM person WHERE id IN ($1) OR id = $2' },
      /uses \$2, but the only parameter is \$1/,
    ],
    ['no parameter', { 'patients_by_id.sql': 'SELECT id AS patient_id FROM person' }, /does not use \$1/],
    [
      'no time',
      { 'patients.sql': 'SELECT id AS patient_id, id AS updated_at FROM person' },
      /updated_at as integer, which is no time; cast it, e\.g\. FROM_UNIXTIME/,
    ],
    [
      'other columns by id',
      { 'patients_by_id.sql': 'SELECT id AS patient_id, mrn FROM person WHERE id IN ($1)' },
      /gives a column mrn, but patients\.sql does not/,
    ],
  ])('is refused for %s', async (_what, files, sentence) => {
    const usual = { 'patients.sql': 'SELECT id AS patient_id FROM person', 'encounters.sql': someEncounters };
    const { exitCode, message } = await faultOf(site.open({ ...usual, ...files }));
    expect(exitCode).toBe(exitCodes.usage);
    expect(message).toMatch(sentence);
  });

  const warningsOf = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
    (await site.open({ 'encounters.sql': someEncounters, ...files })).warnings.map(({ message }) => message);

  it('is warned of where a fetch by key reads a large table from end to end', async () => {
    expect(await warningsOf({ 'patients.sql': 'SELECT id AS patient_id FROM person' })).toEqual([]);
    expect(await warningsOf({ 'patients.sql': "SELECT CONCAT('P', id) AS patient_id FROM person" })).toEqual([
      expect.stringMatching(
        /^Fetching patients by patient_id through patients\.sql reads the whole of person once per page/,
      ),
    ]);
    const byId = "SELECT CONCAT('P', id) AS patient_id FROM person WHERE id IN ($1)";
    const files = { 'patients.sql': "SELECT CONCAT('P', id) AS patient_id FROM person", 'patients_by_id.sql': byId };
    expect(await warningsOf(files)).toEqual([]);
  });

  it('is warned of where a column depends on the time zone of the session', async () => {
    await site.sql('CREATE TABLE stamped (id int PRIMARY KEY, at timestamp NULL)');
    await site.sql("INSERT INTO stamped VALUES (1, '2026-07-01 12:00:00'), (2, '0000-00-00')");
    const query =
      'SELECT id AS patient_id, at AS updated_at, DATE(at) AS birth_date, COALESCE(at, NOW()) AS deceased_at FROM stamped';
    expect(await warningsOf({ 'patients.sql': query })).toEqual([
      expect.stringMatching(
        /^patients\.sql makes birth_date, deceased_at in the time zone of the session.*DATE\(a_timestamp\)/,
      ),
    ]);
  });

  it('is warned of where a type prints otherwise than people write', async () => {
    const query =
      "SELECT id AS patient_id, id + 0.5 AS mrn, id AS zip, x'00' AS city, JSON_OBJECT('a', 1) AS state FROM person LIMIT 5";
    const warnings = await warningsOf({ 'patients.sql': query });
    expect(warnings.map((warning) => /gives (\w+) as (\w+)/.exec(warning)?.slice(1))).toEqual(
      expect.arrayContaining([
        ['mrn', 'decimal'],
        ['zip', 'a'],
        ['city', 'bytes'],
      ]),
    );
  });
});
