import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import type { Environment } from '../../../src/config/config.ts';
import { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';
import { as, freshDatabase } from './database.ts';
import { openNight, type Night } from './night.ts';
import { withoutEnd } from '../../command-line.ts';

/** What the doctor said. */
interface Visit {
  readonly exitCode: number;
  readonly stdout: string;
  /** Its lines of one result: `what says`, with one blank between. */
  readonly lines: (result: 'ok' | 'warning' | 'fault' | 'skipped') => string[];
}

/** Calls the doctor as the command line does. */
export async function callDoctor(environment: Environment, ...argv: readonly string[]): Promise<Visit> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const signal = new AbortController().signal;
  const exitCode = await runCommandLine(['doctor', ...argv], { jobs, environment, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  if (withoutEnd(err) !== '') throw new Error(err);
  const lines = (result: string): string[] =>
    out
      .split('\n')
      .filter((line) => line.startsWith(`  ${result} `))
      .map((line) => line.trim().slice(result.length).trim().replaceAll(/ {2,}/g, ' '));
  return { exitCode, stdout: out, lines };
}

/** A site with an EHR of three small tables, a role that may only read it, and a ledger. */
export interface DoctorSite {
  readonly night: Night;
  /** Its EHR, as its owner. */
  sql(statement: string): Promise<void>;
  /** A new role of the EHR's server, and the URL under which it reads the EHR. */
  role(): Promise<{ readonly name: string; readonly url: string }>;
  /** A copy of the contract in which some files are others; null takes one away. */
  contract(changes: Readonly<Record<string, string | null>>): Promise<string>;
  /** The doctor, with settings that differ. */
  visit(settings?: Environment, ...argv: readonly string[]): Promise<Visit>;
  close(): Promise<void>;
}

const files = {
  'patients.sql':
    'SELECT person_id AS patient_id, changed AS updated_at, name AS last_name, born AS birth_date FROM chart.person',
  'patients_by_id.sql':
    'SELECT person_id AS patient_id, changed AS updated_at, name AS last_name, born AS birth_date FROM chart.person WHERE person_id = ANY($1::text[]::integer[])',
  'encounters.sql':
    'SELECT visit_id AS encounter_id, person_id AS patient_id, changed AS updated_at, began AS started_at, version AS clinical_version FROM chart.visit',
  'sections/problems.sql':
    'SELECT visit_id AS encounter_id, problem AS name FROM chart.visit WHERE visit_id = ANY($1::text[]::integer[])',
};

const tables = `
  CREATE SCHEMA chart;
  CREATE TABLE chart.person (person_id integer PRIMARY KEY, name text, born text, changed timestamp);
  CREATE TABLE chart.visit (visit_id integer PRIMARY KEY, person_id integer, began timestamp, problem text, version integer, changed timestamp);
  INSERT INTO chart.person VALUES (1, 'Quixotic', '1970-01-02', now() AT TIME ZONE 'America/Chicago');
  INSERT INTO chart.visit VALUES (7, 1, '2026-03-01 09:00', 'Zygomycosis', 1, now() AT TIME ZONE 'America/Chicago');
`;

export async function doctorSite(): Promise<DoctorSite> {
  const database = await freshDatabase();
  const owner = await Session.open(database.url, { neighbour: 'the site' });
  const sql = async (statement: string): Promise<void> => {
    await owner.query('a statement of the site', statement);
  };
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const roles: string[] = [];
  const role: DoctorSite['role'] = async () => {
    const name = `doctor_${randomBytes(6).toString('hex')}`;
    roles.push(name);
    await sql(`CREATE ROLE ${name} LOGIN PASSWORD 'reading'`);
    return { name, url: as(database.url, name) };
  };
  const contract: DoctorSite['contract'] = async (changes) => {
    const copy = await mkdtemp(join(folder, 'contract-'));
    const all: Readonly<Record<string, string | null>> = { ...files, ...changes };
    for (const [name, content] of Object.entries(all)) {
      if (content === null) continue;
      await mkdir(dirname(join(copy, name)), { recursive: true });
      await writeFile(join(copy, name), content);
    }
    return copy;
  };
  await sql(tables);
  const reader = await role();
  await sql(
    `GRANT USAGE ON SCHEMA chart TO ${reader.name}; GRANT SELECT ON ALL TABLES IN SCHEMA chart TO ${reader.name}`,
  );
  const night = await openNight({
    ehr: { kind: 'postgres', url: new Secret(reader.url), contract: await contract({}) },
  });
  return {
    night,
    sql,
    role,
    contract,
    visit: (settings = {}, ...argv) => callDoctor({ ...night.environment, ...settings }, ...argv),
    close: async () => {
      await night.close();
      for (const name of roles) await sql(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
      await owner.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}
