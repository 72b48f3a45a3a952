import { Writable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { openPostgresSession } from '../../../src/ehr/postgres/postgres-session.ts';
import { openLedgerSession } from '../../../src/ledger/run/ledger-session.ts';
import { Session } from '../../../src/postgres/session.ts';
import { tinyClinic } from '../support/clinic-night.ts';
import { as, freshDatabase, type TestDatabase } from '../support/database.ts';

/** What a role, a database or a server may have set, and what stands in our sessions all the same. */
const hostile = {
  // What ends or hangs a session.
  statement_timeout: ['1min', '0'],
  lock_timeout: ['1min', '0'],
  transaction_timeout: ['1min', '0'],
  idle_in_transaction_session_timeout: ['1min', '0'],
  idle_session_timeout: ['1min', '0'],
  exit_on_error: ['on', 'off'],
  default_transaction_isolation: ['serializable', 'read committed'],
  default_transaction_deferrable: ['on', 'off'],
  // What a statement means, and how a row prints.
  array_nulls: ['off', 'on'],
  backslash_quote: ['on', 'safe_encoding'],
  standard_conforming_strings: ['off', 'on'],
  transform_null_equals: ['on', 'off'],
  xmloption: ['document', 'content'],
  xmlbinary: ['hex', 'base64'],
  quote_all_identifiers: ['on', 'off'],
  timezone_abbreviations: ['India', 'Default'],
  gin_fuzzy_search_limit: ['1', '0'],
  restrict_nonsystem_relation_kind: ['view', ''],
  TimeZone: ['Asia/Kolkata', 'UTC'],
  DateStyle: ['German, DMY', 'ISO, MDY'],
  IntervalStyle: ['sql_standard', 'postgres'],
  extra_float_digits: ['-3', '1'],
  bytea_output: ['escape', 'hex'],
  client_encoding: ['LATIN1', 'UTF8'],
  // What slows a session down.
  client_min_messages: ['debug5', 'warning'],
  plan_cache_mode: ['force_generic_plan', 'auto'],
  debug_parallel_query: ['on', 'off'],
  // What leaves the lock of a vanished machine.
  tcp_keepalives_idle: ['7200', '10'],
  tcp_keepalives_interval: ['75', '5'],
  tcp_keepalives_count: ['9', '3'],
  // In milliseconds, as the socket has it.
  tcp_user_timeout: ['0', '25000'],
  client_connection_check_interval: ['0', '10s'],
} as const;

/** For the ledger's sessions alone: the EHR is planned as its administrator likes. */
const hostileToTheLedger = {
  enable_hashjoin: ['off', 'on'],
  enable_seqscan: ['off', 'on'],
  join_collapse_limit: ['1', '8'],
  cursor_tuple_fraction: ['0.001', '0.1'],
  synchronous_commit: ['off', 'on'],
  search_path: ['nowhere', 'redox_reconcile, pg_catalog'],
  vacuum_cost_delay: ['100ms', '0'],
} as const;

type Hostile = Readonly<Record<string, readonly [string, string]>>;

const setOn = (what: string, settings: Hostile): string =>
  Object.entries(settings)
    .map(([name, [value]]) => `ALTER ${what} SET ${name} = ${name === 'search_path' ? value : `'${value}'`}`)
    .join('; ');

async function settingsOf(session: Session, names: Hostile): Promise<Record<string, unknown>> {
  const asked = Object.keys(names).map((name) => `current_setting('${name}') AS "${name}"`);
  return (await session.query('a look', `SELECT ${asked.join(', ')}`)).rows[0] ?? {};
}

const pinned = (names: Hostile): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([name, [, value]]) => [name, value]));

let database: TestDatabase;
let owner: Session;
beforeAll(async () => {
  database = await freshDatabase();
  owner = await Session.open(database.url, { neighbour: 'the test' });
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});

/** A role of this database with settings of its own, and its URL. */
async function roleWith(settings: Hostile, rights = ''): Promise<Secret> {
  const name = `hostile_${Math.random().toString(36).slice(2, 10)}`;
  await owner.query('a role', `CREATE ROLE ${name} LOGIN PASSWORD 'reading' ${rights}`);
  await owner.query('its settings', setOn(`ROLE ${name}`, settings));
  onTestFinished(() => owner.query('its end', `DROP OWNED BY ${name}; DROP ROLE ${name}`).then(() => undefined));
  return new Secret(as(database.url, name));
}

describe('a session', () => {
  test('of the EHR pins time, meaning and print against its role', async () => {
    const url = await roleWith(hostile);
    const source = { url, searchPath: null, timeZone: 'UTC' };
    const session = await openPostgresSession(source, { ms: 0, yields: false });
    onTestFinished(() => session.close());
    // A scan waits for the ledger.
    const own = { lock_timeout: '10s', tcp_user_timeout: '300000' };
    expect(await settingsOf(session, hostile)).toEqual({ ...pinned(hostile), ...own });
  });

  test('with the EHR keeps no plan of a fetch, because its ids decide', async () => {
    const source = { url: await roleWith(hostile), searchPath: null, timeZone: 'UTC' };
    const session = await openPostgresSession(source, { ms: 0, yields: false });
    onTestFinished(() => session.close());
    const fetched: unknown[] = [];
    const fetch = 'SELECT unnest($1::text[]) AS id';
    for (const id of ['1', '2', '3']) await session.each('a fetch', fetch, [[id]], (row) => fetched.push(row['id']));
    expect(fetched).toEqual(['1', '2', '3']);
    const { rows } = await session.query(
      'the plans',
      "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%unnest%'",
    );
    expect(rows).toEqual([]);
  });

  test('of the ledger pins the planner as well', async () => {
    const all = { ...hostile, ...hostileToTheLedger };
    const session = await openLedgerSession(await roleWith(all));
    onTestFinished(() => session.close());
    expect(await settingsOf(session, all)).toEqual(pinned(all));
  });

  test('of the ledger waits as long as a scan for the disk of a report', async () => {
    const session = await openLedgerSession(database.url);
    onTestFinished(() => session.close());
    const limit = "SELECT current_setting('tcp_user_timeout') AS tcp_user_timeout";
    const lines: string[] = [];
    const file = new Writable({
      write: (chunk: Buffer, _, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    await session.copyOut('a report', `COPY (${limit}) TO STDOUT`, file);
    expect(lines.join('')).toBe('300000\n');
    expect((await session.query('a look', limit)).rows).toEqual([{ tcp_user_timeout: '25000' }]);
  });

  test('leaves out a setting that the server lacks', async () => {
    const settings = { a_setting_of_tomorrow: 'on', work_mem: '5MB' };
    const session = await Session.open(database.url, { neighbour: 'the ledger', settings });
    onTestFinished(() => session.close());
    expect(await settingsOf(session, { work_mem: ['', ''] })).toEqual({ work_mem: '5MB' });
  });

  test('refuses by name a setting that it may not pin', async () => {
    const url = await roleWith({ session_replication_role: ['replica', 'origin'] });
    await expect(openLedgerSession(url)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringMatching(/^session_replication_role is replica .*RESET session_replication_role/) as string,
    });
  });

  test('takes the first snapshot at once under any default of the role', async () => {
    const url = await roleWith({
      default_transaction_isolation: ['serializable', ''],
      default_transaction_deferrable: ['on', ''],
      default_transaction_read_only: ['on', ''],
    });
    const other = new pg.Client({ connectionString: database.url.reveal() });
    await other.connect();
    onTestFinished(() => other.end());
    // As long as this goes on, a deferrable snapshot waits.
    await other.query('CREATE TABLE busy ()');
    await other.query('BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT FROM busy; INSERT INTO busy DEFAULT VALUES');
    const session = await openPostgresSession({ url, searchPath: null, timeZone: 'UTC' }, { ms: 5_000, yields: false });
    onTestFinished(() => session.close());
    for await (const page of session.pages({ name: 'a page', text: 'SELECT 1 AS one' })) expect(page).toHaveLength(1);
  });
});

describe("the EHR's own limit for a statement", () => {
  test.each([
    ['stands where nobody has asked for another', { ms: 7_200_000, yields: true }, '1min', true],
    ['gives way to EHR_SCAN_TIMEOUT', { ms: 7_200_000, yields: false }, '2h', false],
    ['gives way to a shorter one of ours', { ms: 20_000, yields: true }, '20s', false],
  ])('%s', async (_what, limit, expected, isTheirs) => {
    const url = await roleWith({ statement_timeout: ['1min', ''] });
    const session = await openPostgresSession({ url, searchPath: null, timeZone: 'UTC' }, limit);
    onTestFinished(() => session.close());
    expect(await settingsOf(session, { statement_timeout: ['', ''] })).toEqual({ statement_timeout: expected });
    expect(session.statementLimitIsTheirs).toBe(isTheirs);
  });
});

test('a night is the same under any settings of both databases', async () => {
  const site = await tinyClinic();
  const { night } = site;
  const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
  await site.sql(setOn(`DATABASE ${databaseOf(night.environment['EHR_URL'] ?? '')}`, hostile));
  const ledger = setOn(`DATABASE ${databaseOf(night.ledgerUrl.reveal())}`, { ...hostile, ...hostileToTheLedger });
  await night.ledger.query('what the DBA has set', ledger);
  const first = await night.nightly({ allowLargeChange: true });
  expect(first.exitCode).toBe(0);
  await site.expectRedoxIsTrue();
  expect(await night.nightly()).toMatchObject({ exitCode: 0, posts: 0 });
});
