import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { exitCodes } from '../../../src/fault.ts';
import { landingsThere } from '../../../src/ehr/csv/csv-landing.ts';
import { Session } from '../../../src/postgres/session.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { syncedClinic } from '../support/clinic-night.ts';
import { platformSettings } from '../support/night.ts';
import { as } from '../support/database.ts';
import { callDoctor, doctorSite, type DoctorSite } from '../support/doctor-site.ts';

let site: DoctorSite;

beforeAll(async () => {
  site = await doctorSite();
});
afterAll(() => site.close());

/** Nobody listens there. */
const nowhere = 'postgres://reader@127.0.0.1:1/ehr';
const said = (lines: readonly string[], what: string): string | undefined =>
  lines.find((line) => line.startsWith(`${what} `));

describe('the doctor', () => {
  test('approves a sound set-up, and neither writes nor sends anything', async () => {
    const { night } = await syncedClinic();
    const { takenByEvent } = night.standIn.requests();
    const before = await night.ledger.query('a look', 'SELECT run_id FROM run ORDER BY 1');
    const { exitCode, stdout, lines } = await callDoctor(night.environment);
    expect({ exitCode, faults: lines('fault'), skipped: lines('skipped') }).toEqual({
      exitCode: exitCodes.done,
      faults: [],
      skipped: [],
    });
    expect(said(lines('ok'), 'acceptance')).toMatch(/^acceptance Not confirmed: /);
    const confirming = await callDoctor({ ...night.environment, ...platformSettings });
    expect(said(confirming.lines('ok'), 'acceptance')).toMatch(/^acceptance Redox's logs can be read/);
    const wrong = await callDoctor({ ...night.environment, ...platformSettings, REDOX_ENVIRONMENT_ID: 'another' });
    expect([wrong.exitCode, said(wrong.lines('fault'), 'acceptance')]).toEqual([
      exitCodes.unavailable,
      expect.stringMatching(/HTTP 403\. Check REDOX_ENVIRONMENT_ID/),
    ]);
    expect(stdout).toMatch(/\nNothing is wrong \(\d warnings\)\. Nothing was written or sent\.\n$/);
    expect(said(lines('ok'), 'nights')).toMatch(/The last clean night ended (?:\d+ min )?\d+ s ago/);
    expect(night.standIn.requests().takenByEvent).toEqual(takenByEvent);
    expect(said(lines('ok'), 'read-back')).toMatch(/^read-back Redox allows this source to read patients/);
    night.standIn.answerQueriesAs({ unsubscribed: ['PatientSearch'] });
    const lacking = await callDoctor(night.environment);
    expect([lacking.exitCode, said(lacking.lines('warning'), 'read-back')]).toEqual([
      exitCodes.done,
      expect.stringMatching(/^read-back Redox does not allow PatientSearch.Query .*no subscription/),
    ]);
    expect((await night.ledger.query('a look', 'SELECT run_id FROM run ORDER BY 1')).rows).toEqual(before.rows);
  });

  test('prints colours only at a terminal', async () => {
    const { stdout } = await site.visit();
    expect(stdout.includes('\u001B')).toBe(false);
  });
});

describe('the doctor on settings', () => {
  test('lists every fault at once, and checks the rest', async () => {
    const { exitCode, lines } = await site.visit({ ORGANIZATION_OID: 'urn:oid:1.2', CONCURRENCY: 'many' });
    expect(exitCode).toBe(exitCodes.usage);
    expect(lines('fault')).toEqual([
      expect.stringMatching(/^settings ORGANIZATION_OID is .* urn:oid: in front/),
      expect.stringMatching(/^settings CONCURRENCY is "many"/),
    ]);
    expect(said(lines('ok'), 'patients.sql')).toMatch(/The server takes it; 4 of 44 columns/);
    expect(said(lines('skipped'), 'token')).toBe('token because the settings of Redox do not fit.');
  });

  test("warns where others than the owner can read a secret's file", async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'key');
    await writeFile(file, site.night.environment['LEDGER_KEY'] ?? '', { mode: 0o600 });
    const settings = { LEDGER_KEY: undefined, LEDGER_KEY_FILE: file };
    expect(said((await site.visit(settings)).lines('ok'), 'secret files')).toBeDefined();
    await chmod(file, 0o640);
    const { exitCode, stdout, lines } = await site.visit(settings);
    expect([exitCode, said(lines('warning'), 'secret files')]).toEqual([
      0,
      expect.stringContaining(`can read ${file}`),
    ]);
    expect(stdout).toContain(`→ chmod 600 ${file}`);
  });
});

describe('the doctor on the ledger', () => {
  test('goes on with the EHR and Redox when the ledger is unreachable', async () => {
    const { exitCode, lines } = await site.visit({ LEDGER_URL: nowhere });
    expect(exitCode).toBe(exitCodes.unavailable);
    expect(lines('fault')).toEqual([
      expect.stringMatching(/^server Could not connect to the ledger at 127\.0\.0\.1:1/),
    ]);
    expect(said(lines('ok'), 'token')).toBeDefined();
    expect(said(lines('ok'), 'by key')).toBeDefined();
  });

  test('says whether a key opens it', async () => {
    const stranger = randomBytes(32).toString('base64');
    await site.night.nightly();
    const wrong = await site.visit({ LEDGER_KEY: stranger });
    expect([wrong.exitCode, said(wrong.lines('fault'), 'key')]).toEqual([
      exitCodes.usage,
      expect.stringContaining('LEDGER_KEY does not open this ledger'),
    ]);
    const rotating = await site.visit({
      LEDGER_KEY: stranger,
      LEDGER_KEY_PREVIOUS: site.night.environment['LEDGER_KEY'],
    });
    expect(said(rotating.lines('ok'), 'key')).toMatch(/LEDGER_KEY_PREVIOUS opens it/);
  });

  test('refuses another target and a newer ledger, as a night does', async () => {
    await site.night.nightly();
    const other = await site.visit({ PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.9' });
    expect([other.exitCode, said(other.lines('fault'), 'target')]).toEqual([
      exitCodes.refused,
      expect.stringContaining('PATIENT_OID is 2.16.840.1.113883.3.6147.458.2.9, the ledger has'),
    ]);
    await site.night.ledger.run(statement('ledger/migrate/note_migration'), [9999, '9999-of-tomorrow']);
    onTestFinished(async () => {
      await site.night.ledger.query('the end of tomorrow', 'DELETE FROM migration WHERE number = 9999');
    });
    const newer = await site.visit();
    expect([newer.exitCode, said(newer.lines('fault'), 'version')]).toEqual([
      exitCodes.refused,
      expect.stringContaining('The ledger is at version 9999'),
    ]);
    expect(said(newer.lines('skipped'), 'key')).toBe('key because this program cannot use the ledger.');
  });

  test('names the GRANT that a role lacks', async () => {
    const { name } = await site.role();
    const { exitCode, stdout, lines } = await site.visit({ LEDGER_URL: as(site.night.ledgerUrl, name) });
    expect([exitCode, said(lines('fault'), 'rights')]).toEqual([
      exitCodes.usage,
      `rights ${name} may not use the ledger's schema, or not create tables there.`,
    ]);
    expect(stdout).toContain(`GRANT USAGE, CREATE ON SCHEMA redox_reconcile TO "${name}";`);
    const empty = await site.visit({ LEDGER_URL: site.night.environment['EHR_URL'] });
    expect(said(empty.lines('fault'), 'rights')).toMatch(/may not create the ledger's schema/);
    expect(empty.stdout).toMatch(/GRANT CREATE ON DATABASE "test_\w+" TO "doctor_\w+";/);
  });

  test('names the tables that a role may not write, or does not own', async () => {
    const { name } = await site.role();
    const { ledger, ledgerUrl } = site.night;
    await ledger.query('GRANT', `GRANT USAGE, CREATE ON SCHEMA redox_reconcile TO ${name}`);
    await ledger.query('GRANT', `GRANT USAGE ON SCHEMA redox_reconcile_sweep TO ${name}`);
    await ledger.query('GRANT', `GRANT ALL ON ALL TABLES IN SCHEMA redox_reconcile, redox_reconcile_sweep TO ${name}`);
    await ledger.query('REVOKE', `REVOKE INSERT ON stage_patient FROM ${name}`);
    await ledger.query('REVOKE', `REVOKE DELETE ON redox_reconcile_sweep.dirty_row FROM ${name}`);
    onTestFinished(async () => {
      await ledger.query('DROP OWNED', `DROP OWNED BY ${name}`);
    });
    const closed = await site.visit({ LEDGER_URL: as(ledgerUrl, name) });
    expect(said(closed.lines('fault'), 'rights')).toBe(
      `rights ${name} lacks rights on stage_patient (INSERT), redox_reconcile_sweep.dirty_row (DELETE), redox_reconcile_sweep.chunk_batch (USAGE).`,
    );
    await ledger.query('GRANT', `GRANT ALL ON ALL SEQUENCES IN SCHEMA redox_reconcile_sweep TO ${name}`);
    await ledger.query('GRANT', `GRANT INSERT ON stage_patient TO ${name}`);
    await ledger.query('GRANT', `GRANT DELETE ON redox_reconcile_sweep.dirty_row TO ${name}`);
    const open = await site.visit({ LEDGER_URL: as(ledgerUrl, name) });
    expect([open.exitCode, said(open.lines('warning'), 'rights')]).toEqual([
      exitCodes.done,
      expect.stringMatching(/may write every table of the ledger but does not own/),
    ]);
    expect(closed.stdout).toContain('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES');
    expect(open.stdout).toMatch(/Run `redox-reconcile migrate` as \w+, which owns it/);
  });

  test('works beside a run, and says so', async () => {
    const before = (await site.visit()).lines('ok');
    expect(said(before, 'lock')).toBe('lock No run is going.');
    expect(said(before, 'keepalives')).toMatch(/is free after 25 s|on this machine/);
    expect(said(before, 'failover')).toBe('failover It is the primary, and no standby follows it.');
    const holder = await Session.open(site.night.ledgerUrl, { neighbour: 'the ledger' });
    await holder.run(statement('ledger/session/try_lock'));
    const { exitCode, lines } = await site.visit();
    await holder.close();
    expect([exitCode, said(lines('ok'), 'lock')]).toEqual([0, expect.stringContaining('A run is going')]);
  });

  test('creates no embedded ledger', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'ledger');
    const { exitCode, lines } = await site.visit({ LEDGER_URL: `embedded:${folder}` });
    expect([exitCode, said(lines('skipped'), 'server')]).toEqual([0, expect.stringContaining('holds no ledger yet')]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the doctor on folders', () => {
  test('says where reports cannot be written', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'reports');
    await writeFile(file, '');
    const { exitCode, lines } = await site.visit({ REPORT_DIR: join(file, 'here') });
    expect([exitCode, said(lines('fault'), 'reports')]).toEqual([exitCodes.usage, `reports ${file} is no folder.`]);
  });
});

describe('the doctor on Redox', () => {
  test('explains why there is no token', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const stranger = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { exitCode, lines } = await site.visit({ REDOX_PRIVATE_KEY: stranger });
    expect(exitCode).toBe(exitCodes.unavailable);
    expect(said(lines('fault'), 'token')).toMatch(
      /Redox gave no token .* that REDOX_PRIVATE_KEY belongs to REDOX_KEY_ID/,
    );
  });

  test("compares the clocks by the answer's Date header", async () => {
    const answering = async (aheadMs: number): Promise<string> => {
      const server = createServer((_request, response) => {
        response.writeHead(200, {
          date: new Date(Date.now() + aheadMs).toUTCString(),
          'content-type': 'application/json',
        });
        response.end('{"access_token":"t","expires_in":300}');
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      onTestFinished(() => void server.close());
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const odd = await site.visit({ REDOX_BASE_URL: await answering(-20_000), LEDGER_URL: nowhere });
    expect(said(odd.lines('warning'), 'clock')).toMatch(/^clock Redox's clock is (19|20|21) s behind/);
    const wrong = await site.visit({ REDOX_BASE_URL: await answering(90_000), LEDGER_URL: nowhere });
    expect(said(wrong.lines('fault'), 'clock')).toMatch(/^clock Redox's clock is (89|90|91) s ahead of/);
  });

  test('finds wrong ids, and TLS that protects nothing', async () => {
    const { exitCode, lines } = await site.visit({
      REDOX_DESTINATION_ID: 'a07afe3b-d247-4415-827f-6837707e1b8b',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem',
    });
    expect(exitCode).toBe(exitCodes.usage);
    expect(lines('fault').map((line) => line.split(' ')[0])).toEqual(['target', 'ids', 'tls', 'certificates']);
  });
});

describe('the doctor on extracts', () => {
  /** A folder of extracts, and a contract that reads them. */
  async function extracts(): Promise<{ readonly folder: string; readonly settings: Environment }> {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'patients.csv'), 'id,name\n1,Quixotic\n');
    await writeFile(join(folder, 'encounters.csv'), 'id,patient,began\n7,1,03/02/2026 09:00 AM\n');
    const EHR_CONTRACT = await site.contract({
      'patients.sql': 'SELECT id AS patient_id, name AS last_name FROM patients',
      'patients_by_id.sql': null,
      'encounters.sql':
        "SELECT id AS encounter_id, patient AS patient_id, to_timestamp(began, 'MM/DD/YYYY HH:MI AM') AS started_at FROM encounters",
      'sections/problems.sql': null,
    });
    return { folder, settings: { EHR_URL: `csv:${folder}`, EHR_CONTRACT } };
  }

  test('checks the files, and says how old the oldest is', async () => {
    const { folder, settings } = await extracts();
    const fresh = await site.visit(settings);
    expect([fresh.exitCode, said(fresh.lines('ok'), 'header')]).toEqual([
      0,
      'header Each begins with a header line: patients.csv (2), encounters.csv (3).',
    ]);
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    await utimes(join(folder, 'patients.csv'), twoDaysAgo, twoDaysAgo);
    await writeFile(join(folder, 'encounters.csv'), '');
    const stale = await site.visit(settings);
    expect(said(stale.lines('warning'), 'age')).toMatch(/patients\.csv, the oldest of them, was written 2 d ago/);
    const borne = await site.visit({ ...settings, EXTRACT_MAX_AGE: '72h' });
    expect(said(borne.lines('warning'), 'age')).toBeUndefined();
    expect([stale.exitCode, said(stale.lines('fault'), 'header')]).toEqual([
      64,
      expect.stringContaining('encounters.csv is empty'),
    ]);
    expect(stale.stdout).not.toContain('Quixotic');
  });

  test('checks the contract and its rows, and leaves nothing of them behind', async () => {
    const { settings } = await extracts();
    const { exitCode, stdout, lines } = await site.visit(settings, '--columns');
    expect({ exitCode, faults: lines('fault'), skipped: lines('skipped') }).toEqual({
      exitCode: 0,
      faults: [],
      skipped: [],
    });
    expect(said(lines('ok'), 'encounters.sql')).toMatch(/The server takes it; 3 of 46 columns/);
    expect(said(lines('ok'), 'lines')).toBe('lines Every line of the files could be read.');
    expect(said(lines('warning'), 'session zone')).toMatch(
      /encounters\.sql makes started_at in the time zone of the session/,
    );
    expect(stdout).toMatch(/last_name {2,}text {2,}under 10 characters {2,}as expected/);
    expect(stdout).not.toContain('Quixotic');
    const session = await Session.open(site.night.ledgerUrl, { neighbour: 'the test' });
    onTestFinished(() => session.close());
    expect(await landingsThere(session)).toEqual([]);
  });

  test('names the faults of a contract over files', async () => {
    const { settings } = await extracts();
    const EHR_CONTRACT = await site.contract({
      'patients.sql': 'SELECT nothing AS patient_id FROM patients',
      'patients_by_id.sql': null,
      'encounters.sql': 'SELECT id AS encounter_id, patient AS patient_id FROM encounters',
      'sections/problems.sql': null,
    });
    const { exitCode, lines } = await site.visit({ ...settings, EHR_CONTRACT });
    expect([exitCode, lines('fault')]).toEqual([
      64,
      [expect.stringMatching(/^patients\.sql patients\.sql, line 1, was refused/)],
    ]);
  });

  test('works before there is a ledger, and creates none', async () => {
    const { settings } = await extracts();
    const none = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'ledger');
    onTestFinished(() => rm(join(none, '..'), { recursive: true }));
    const { lines } = await site.visit({ ...settings, LEDGER_URL: `embedded:${none}` });
    expect(said(lines('ok'), 'patients.sql')).toMatch(/The server takes it/);
    expect(existsSync(none)).toBe(false);
  });
});
