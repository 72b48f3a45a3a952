import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { examine } from '../../../src/config/examine.ts';
import { everyPart } from '../../../src/config/settings.ts';
import { exitCodes } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { callDoctor } from '../support/doctor-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';
import { type Night, openNight } from '../support/night.ts';

const files = {
  'patients.sql':
    'SELECT person_id AS patient_id, changed AS updated_at, name AS last_name, born AS birth_date FROM person',
  'patients_by_id.sql':
    'SELECT person_id AS patient_id, changed AS updated_at, name AS last_name, born AS birth_date FROM `person` WHERE person_id IN ($1)',
  'encounters.sql':
    'SELECT visit_id AS encounter_id, person_id AS patient_id, changed AS updated_at, began AS started_at, version AS clinical_version FROM visit',
  'sections/problems.sql': 'SELECT visit_id AS encounter_id, problem AS name FROM visit WHERE visit_id IN ($1)',
};

const tables = `
  CREATE TABLE person (person_id int PRIMARY KEY, name varchar(50), born varchar(20), changed datetime);
  CREATE TABLE visit (visit_id int PRIMARY KEY, person_id int, began datetime, problem text, version int, changed datetime);
  INSERT INTO person VALUES (1, 'Quixotic', '1970-01-02', '2026-03-02 09:00');
  INSERT INTO visit VALUES (7, 1, '2026-03-01 09:00', 'Zygomycosis', 1, '2026-03-02 09:00');
`;

const said = (lines: readonly string[], what: string): string | undefined =>
  lines.find((line) => line.startsWith(`${what} `));

describe.skipIf(mariadbd === null)('on an EHR in MariaDB', () => {
  let site: MysqlSite;
  let night: Night;
  let reader: string;
  beforeAll(async () => {
    site = await mysqlSite();
    await site.sql(tables);
    const url = new URL(site.url.reveal());
    const [account, database] = [`reader_${url.pathname.slice(6)}`, url.pathname.slice(1)];
    await site.sql(
      `CREATE USER ${account} IDENTIFIED BY 'hush-hush'; GRANT SELECT ON ${database}.person TO ${account}; GRANT SELECT ON ${database}.visit TO ${account}`,
    );
    [url.username, url.password] = [account, 'hush-hush'];
    reader = url.href;
    const contract = await site.contract(files);
    night = await openNight({ ehr: { kind: 'mysql', url: new Secret(reader), contract } });
  });
  afterAll(async () => {
    await night.close();
    await site.drop();
  });

  test('the doctor approves an account that may only read', async () => {
    const { exitCode, lines, stdout } = await callDoctor(night.environment);
    expect({ exitCode, faults: lines('fault'), skipped: lines('skipped') }).toEqual({
      exitCode: exitCodes.done,
      faults: [],
      skipped: [],
    });
    expect(lines('ok').find((line) => line.startsWith('server MariaDB'))).toMatch(
      /^server MariaDB \d+\.\d+\.\d+, as reader_\w+@%, in read-only transactions/,
    );
    expect(said(lines('ok'), 'account')).toBe('account The account may only read.');
    expect(said(lines('ok'), 'tables')).toBe(
      'tables The snapshot covers what the contract reads: person (about 1 rows), visit (about 1 rows).',
    );
    expect(lines('ok').filter((line) => line.startsWith('by key'))).toHaveLength(2);
    expect(['Quixotic', '1970-01-02', 'Zygomycosis', 'hush-hush'].filter((value) => stdout.includes(value))).toEqual(
      [],
    );
  });

  test('the doctor names tables that are not of InnoDB', async () => {
    await site.sql('ALTER TABLE visit ENGINE = MyISAM');
    const { exitCode, lines } = await callDoctor(night.environment);
    await site.sql('ALTER TABLE visit ENGINE = InnoDB');
    expect([exitCode, said(lines('warning'), 'tables')]).toEqual([
      exitCodes.done,
      expect.stringMatching(/InnoDB alone, and these are none: test_\w+\.visit \(MyISAM\)/),
    ]);
  });

  test('the doctor warns of an account that could write', async () => {
    const { lines } = await callDoctor({ ...night.environment, EHR_URL: site.url.reveal() });
    expect(said(lines('warning'), 'account')).toMatch(/^account The account could change the EHR: .* on \*\.\*\.$/);
  });

  test('init writes a contract in its dialect, with the names of its tables', async () => {
    const above = await mkdtemp(join(tmpdir(), 'mysql-init-'));
    const folder = join(above, 'site');
    const { EHR_TIME_ZONE: zone = '' } = night.environment;
    const argv = ['init', folder, '--sandbox', '--ehr-url', reader, '--ehr-time-zone', zone];
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const err = text(stderr);
    const out = text(stdout);
    const signal = new AbortController().signal;
    const exitCode = await runCommandLine(argv, { jobs, environment: {}, stdout, stderr, signal });
    stdout.end();
    stderr.end();
    expect([exitCode, (await err).includes('"level":"error"')]).toEqual([exitCodes.done, false]);
    expect(await out).toContain('fill in the SELECTs');
    const query = readFileSync(join(folder, 'contract/patients.sql'), 'utf8');
    expect(query).toContain('--   person\n--   visit\n');
    // The server takes every file as it is.
    const { values } = examine({}, { envFiles: [join(folder, '.env')], requires: new Set(everyPart) });
    expect(values.EHR_URL?.kind).toBe('mysql');
    const { lines } = await callDoctor({ ...night.environment, EHR_CONTRACT: join(folder, 'contract') });
    expect(lines('fault')).toEqual([]);
    expect(lines('ok').filter((line) => line.includes('The server takes it')).length).toBeGreaterThan(20);
    await rm(above, { recursive: true });
  });
});
