import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { type Statement, statement } from '../../../src/postgres/sql-file.ts';
import { overOpenActions, reportNames, reportQuery } from '../../../src/report/definition.ts';
import { dictionaryTable } from '../../unit/report/report-dictionary.ts';
import { type CraftedLedger, craftLedger } from '../support/report/report-ledger.ts';
import { type Arrival, type Call, describeStatement, disagreements, readCalls } from './statement-types.ts';

let ledger: CraftedLedger;
let client: pg.Client;
let calls: readonly Call[];
/** Table and number of each column that may be null. */
let nullable: ReadonlySet<string>;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(packageRoot, folder, file));

beforeAll(async () => {
  // `filledStatement` calls it by a name that is given; every other name is a literal (named-statements.test.ts).
  calls = readCalls([...filesIn('src'), ...filesIn('jobs')]).filter(({ name }) => name !== '' && !isOfMysql(name));
  ledger = await craftLedger();
  client = new pg.Client({ connectionString: ledger.database.url.reveal() });
  await client.connect();
  await client.query(statement('sandbox/clinic/tables/create_tables').text);
  await client.query(statement('fleet/rate/make_rate_tables').text);
  await client.query(statement('fleet/site/make_fleet_tables').text);
  await client.query(engineJobs);
  await client.query('SET search_path = redox_reconcile_sweep, redox_reconcile, pg_catalog');
  const { rows } = await client.query<{ key: string }>(
    "SELECT attrelid || ' ' || attnum AS key FROM pg_attribute WHERE attnum > 0 AND NOT attnotnull",
  );
  nullable = new Set(rows.map(({ key }) => key));
}, 120_000);

/** Of the engine's table, which the engine makes itself, the columns that are read. */
const engineJobs = `
  CREATE SCHEMA pgboss;
  CREATE TABLE pgboss.job (
    id uuid NOT NULL, name text NOT NULL, state text NOT NULL, data jsonb, created_on timestamptz NOT NULL, start_after timestamptz NOT NULL,
    started_on timestamptz, heartbeat_on timestamptz, heartbeat_seconds integer
  )`;

afterAll(async () => {
  await client.end();
  await ledger.close();
});

/** Blocks of DDL, and what Postgres does not describe before it runs. */
const isUtility = ({ text }: Statement): boolean =>
  /^(COPY|ANALYZE|VACUUM|TRUNCATE|CREATE|DROP|DISCARD)\b/.test(text.replaceAll(/^--.*\n/gm, '').trimStart());

/** Another server takes these; the tests of EHRs there run them. */
const isOfMysql = (name: string): boolean => name.startsWith('ehr/mysql/');

/** Sessions of the EHR take every value as its text; what lands files works in the ledger's database. */
function arrivalsOf(name: string): readonly Arrival[] {
  if (/^doctor\/read_(server_clock|connections)$/.test(name)) return ['text', 'parsed'];
  return /^doctor\/describe_ehr_|^ehr\/(?!.*landing)/.test(name) ? ['text'] : ['parsed'];
}

async function faultsOf(calls: readonly Call[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const name of new Set(calls.map((call) => call.name))) {
    const plain: Statement = statement(name);
    if (isUtility(plain)) continue;
    const whole = plain.text.includes('FROM open_actions') ? overOpenActions(plain) : plain;
    const described = await describeStatement(client, whole);
    const callers = calls.filter((call) => call.name === name);
    faults.push(...disagreements(callers, described, arrivalsOf(name), canBeNull));
  }
  return faults;
}

const canBeNull = ({ tableID, columnID }: pg.FieldDef): boolean => nullable.has(`${tableID} ${columnID}`);

const noKeys = 'rows without a key are taken out of the stage before';
/** What a table lets be null and a statement never gives so. */
const neverNull: Readonly<Record<string, string>> = {
  'ledger/differences/find_changed_patients: entity_id': noKeys,
  'ledger/differences/find_changed_encounters: entity_id': noKeys,
  'ledger/differences/find_changed_encounters: patient_id': noKeys,
  'ledger/stage-merges/read_chained_merges: patient_id': noKeys,
  'ledger/differences/find_undone_merges: merged_into': 'it gives those alone that were merged',
  'ledger/status/read_last_clean_night: finished_at': 'a run that is done has an end',
  'ledger/report-page/count_found: entity': 'of a view Postgres does not say it',
  'ledger/report-page/count_found: kind': 'of a view Postgres does not say it',
  'doctor/read_session_settings: name': 'of a view Postgres does not say it',
};

const isExpected = (fault: string): boolean =>
  Object.keys(neverNull).some((known) => fault.endsWith(`${known} can be null, and is read as if it could not`));

test('every statement has the columns and parameters of its callers', async () => {
  const faults = await faultsOf(calls);
  expect(faults.filter((fault) => !isExpected(fault))).toEqual([]);
  expect(faults.filter(isExpected)).toHaveLength(Object.keys(neverNull).length);
  expect(calls.length).toBeGreaterThan(250);
  expect(calls.filter(({ row }) => row !== null).length).toBeGreaterThan(100);
});

test('this test catches wrong columns, types, nulls and parameters', async () => {
  const planted = readCalls([join(packageRoot, 'test/integration/ledger/statement-types-planted.ts')]);
  const faults = (await faultsOf(planted)).map((fault) => fault.replace(/^\S+ (?=ledger)/, ''));
  expect(faults.filter((fault) => !fault.includes('nobody reads'))).toEqual([
    'ledger/migrate/read_version: it gives no latest',
    'ledger/migrate/read_version: version is read as string and is number',
    'ledger/status/read_last_runs: finished_at can be null, and is read as if it could not',
    'ledger/run/set_run_mode: takes 2 parameters and gets 1',
    'ledger/run/set_run_mode: $1 takes number|string and gets boolean',
  ]);
});

/** What each word of the dictionary says of a type (PostgreSQL, pg_type.dat). */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  integer: ['int2', 'int4', 'int8'],
  time: ['timestamptz'],
  boolean: ['bool'],
};

test.for(reportNames())('%s.csv has the columns and types of its dictionary', async (name) => {
  const { columns, parameters } = await describeStatement(client, reportQuery(name));
  const { rows: types } = await client.query<{ oid: number; typname: string }>('SELECT oid, typname FROM pg_type');
  const nameOf = new Map(types.map(({ oid, typname }) => [oid, typname]));
  const documented = dictionaryTable(`${name}.csv`);
  expect(columns.map((column) => column.name)).toEqual(documented.map((row) => row['Column']));
  const wrong = columns.flatMap(({ name: column, dataTypeID }, at) => {
    const type = nameOf.get(dataTypeID) ?? '';
    const word = documented[at]?.['Type'] ?? '';
    return typesOf[word]?.includes(type) === true ? [] : [`${column} is ${type} and documented as ${word}`];
  });
  expect(wrong).toEqual([]);
  expect(parameters.length).toBeLessThanOrEqual(1);
});
