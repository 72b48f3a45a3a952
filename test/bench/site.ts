/** What is measured: a clinic multiplied until it is as large as asked for, and room for ledgers, in one Postgres. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '../../src/secret.ts';
import { packageRoot } from '../../src/package-root.ts';
import { isSunday } from '../../src/run/same-keys.ts';
import { openClinic } from '../../src/sandbox/clinic/clinic.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { benchFolder, benchSql, withClient } from './database.ts';

/** Patients and visits of the small clinic: it is made by the sandbox, and everything else are copies of it. */
export const small = { patients: 5_000, visits: 15_000 };

export type Settings = Readonly<Record<string, string>>;

export interface Site {
  readonly ehrUrl: Secret;
  /** Settings of a job on the multiplied EHR with this ledger. */
  readonly settings: (ledger: string) => Settings;
  /** The same on the clinic as the sandbox made it, with its charts. */
  readonly clinicSettings: (ledger: string) => Settings;
  /** Makes an empty ledger's database. */
  readonly ledger: (name: string) => Promise<Secret>;
  readonly ledgerUrl: (name: string) => Secret;
  readonly drop: (ledger: string) => Promise<void>;
  /** Grows the EHR to so many copies of the small clinic. */
  readonly growTo: (copies: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openSite(postgres: string, folder: string, redoxUrl: string): Promise<Site> {
  const server = await startEmbeddedPostgres({ folder: postgres, database: 'clinic' });
  const ehrUrl = server.urlOf('ehr');
  await makeClinic(server);
  await makeTables(server);
  const common = commonSettings(folder, redoxUrl);
  const settings = (ehr: Secret, contract: string) => (ledger: string) => ({
    ...common,
    EHR_URL: ehr.reveal(),
    EHR_CONTRACT: contract,
    LEDGER_URL: server.urlOf(ledger).reveal(),
  });
  let copies = 0;
  return {
    ehrUrl,
    settings: settings(ehrUrl, join(benchFolder, 'contract')),
    clinicSettings: settings(server.url, join(packageRoot, 'sql/ehr/demo')),
    ledger: async (name) => {
      await withClient(server.adminUrl, (client) => client.query(`CREATE DATABASE ${name}`));
      return server.urlOf(name);
    },
    ledgerUrl: (name) => server.urlOf(name),
    drop: async (name) => {
      await withClient(server.adminUrl, (client) => client.query(`DROP DATABASE ${name}`));
    },
    growTo: async (wanted) => {
      if (wanted < copies) throw new Error(`the EHR has ${copies} copies, and ${wanted} are asked for`);
      await grow(ehrUrl, copies, wanted);
      copies = wanted;
    },
    close: () => server.stop(),
  };
}

async function makeClinic(server: EmbeddedPostgres): Promise<void> {
  const clinic = await openClinic(server.url);
  await clinic.build({ ...small, seed: 1, today: '2026-03-02' });
  await clinic.close();
  await withClient(server.adminUrl, (client) => client.query('CREATE DATABASE ehr TEMPLATE clinic'));
}

/** The contract's rows of the small clinic as tables, and empty ones for the copies. */
async function makeTables(server: EmbeddedPostgres): Promise<void> {
  await withClient(server.urlOf('ehr'), async (client) => {
    await client.query('CREATE SCHEMA bench');
    for (const [table, file, key] of tables) {
      const contract = readFileSync(join(packageRoot, 'sql/ehr/demo', file), 'utf8');
      await client.query(`CREATE TABLE bench.small_${table} AS ${contract}`);
      await client.query(`CREATE TABLE bench.${table} (LIKE bench.small_${table}, PRIMARY KEY (${key}))`);
    }
    for (const table of ['patient', 'encounter']) await client.query(`CREATE INDEX ON bench.${table} (updated_at)`);
  });
}

const tables = [
  ['patient', 'patients.sql', 'patient_id'],
  ['encounter', 'encounters.sql', 'encounter_id'],
  ['merge', 'merges.sql', 'retired_patient_id'],
] as const;

function grow(ehrUrl: Secret, from: number, to: number): Promise<void> {
  return withClient(ehrUrl, async (client) => {
    await client.query("SET synchronous_commit = 'off'");
    await client.query(benchSql('multiply-patients'), [from + 1, to, small.patients]);
    await client.query(benchSql('multiply-encounters'), [from + 1, to, small.patients, small.visits]);
    await client.query(benchSql('multiply-merges'), [from + 1, to, small.patients]);
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });
}

/** A thousand rows as a day changes them: a third patients, the rest visits. */
export function changeRows(ehrUrl: Secret, rows: number): Promise<void> {
  return withClient(ehrUrl, async (client) => {
    await client.query(benchSql('change-patients'), [Math.floor(rows / 3)]);
    await client.query(benchSql('change-visits'), [rows - Math.floor(rows / 3)]);
  });
}

/** A sweep on a Sunday counts patients with the same keys. Far east and far west of UTC, Sundays never overlap. */
const zoneOnAWeekday = (): string =>
  isSunday(new Date(), 'Pacific/Kiritimati') ? 'Pacific/Pago_Pago' : 'Pacific/Kiritimati';

function commonSettings(folder: string, redoxUrl: string): Settings {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return {
    EHR_TIME_ZONE: zoneOnAWeekday(),
    LEDGER_KEY: randomBytes(32).toString('base64'),
    REDOX_BASE_URL: redoxUrl,
    REDOX_ENVIRONMENT: 'development',
    REDOX_CLIENT_ID: 'bench-client',
    REDOX_KEY_ID: 'bench-key',
    REDOX_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
    REDOX_DESTINATION_ID: '0f4bd1d1-451d-4351-8cfd-b767d1b488d6',
    ORGANIZATION_OID: '2.16.840.1.113883.3.6147.458.2',
    PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.1',
    CONCURRENCY: '16',
    RATE_LIMIT: '0',
    REPORT_DIR: join(folder, 'reports'),
  };
}
