import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { openNight, type Night, type NightOptions } from '../support/night.ts';
import { told } from '../support/first-night/told.ts';

/** A site large enough to be guarded: so many patients `p1`, `p2` …, each with a visit `v1`, `v2` …, and a contract of its own. */
export interface LargeSite {
  readonly night: Night;
  /** Runs SQL in the EHR. */
  sql(text: string): Promise<void>;
  /** Replaces a file of the contract; null takes it out. */
  contract(file: string, text: string | null): Promise<void>;
}

export const patientsQuery = 'SELECT patient_id, last_name, race FROM person';

export async function largeSite(patients: number, settings: Environment = {}): Promise<LargeSite> {
  const { site, close } = await openSite(patients, settings);
  onTestFinished(close);
  return site;
}

/** A site of which Redox was told everything, the night before; of that night there are neither reports nor POSTs. */
export async function syncedLargeSite(patients = 200): Promise<LargeSite> {
  const before = await told(['large', patients], async (first) => {
    const { site, close } = await openSite(patients, {}, first);
    await site.night.nightly({ allowLargeChange: true });
    await close();
  });
  const { site, close } = await openSite(patients, {}, { before });
  onTestFinished(close);
  return site;
}

async function openSite(
  patients: number,
  settings: Environment,
  before: Pick<NightOptions, 'before' | 'onTaken'> = {},
): Promise<{ site: LargeSite; close: () => Promise<void> }> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'large-site-'));
  await mkdir(join(folder, 'contract'));
  const session = await Session.open(database.url, { neighbour: 'the EHR' });
  const sql = async (text: string): Promise<void> => {
    await session.query('a statement of the site', text);
  };
  await sql(`
    CREATE TABLE person (number integer, patient_id text PRIMARY KEY, last_name text, race text);
    CREATE TABLE visit (number integer, encounter_id text PRIMARY KEY, patient_id text, reason text);
    CREATE TABLE merge (number integer, retired_patient_id text PRIMARY KEY, surviving_patient_id text)`);
  await sql(addPatients(1, patients));
  const contract = async (file: string, text: string | null): Promise<void> => {
    const path = join(folder, 'contract', file);
    await mkdir(dirname(path), { recursive: true });
    await (text === null ? rm(path) : writeFile(path, text));
  };
  await contract('patients.sql', patientsQuery);
  await contract(
    'encounters.sql',
    `SELECT encounter_id, patient_id, reason AS reason_name, 'outpatient' AS class, 'finished' AS status,
       timestamp '2026-02-01 09:00' AS started_at, timestamp '2026-02-01 09:30' AS ended_at
     FROM visit`,
  );
  await contract('merges.sql', 'SELECT retired_patient_id, surviving_patient_id FROM merge');
  const night = await openNight({
    ehr: { kind: 'postgres', url: database.url, contract: join(folder, 'contract') },
    settings: { CONCURRENCY: '32', ...settings },
    ...before,
  });
  const close = async (): Promise<void> => {
    await Promise.all([night.close(), session.close()]);
    await database.drop();
    await rm(folder, { recursive: true });
  };
  return { site: { night, sql, contract }, close };
}

/** Patients of these numbers, each with a visit. */
export const addPatients = (first: number, last: number): string => `
  INSERT INTO person SELECT n, 'p' || n, 'Name' || n, 'White' FROM generate_series(${first}, ${last}) AS n;
  INSERT INTO visit SELECT n, 'v' || n, 'p' || n, 'Cough' FROM generate_series(${first}, ${last}) AS n`;
