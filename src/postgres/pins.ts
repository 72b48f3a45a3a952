import pg from 'pg';
import { UsageFault } from '../fault.ts';
import { isConnectionError } from './database-error.ts';
import type { SessionOptions } from './session-options.ts';
import { statement, type Statement } from './sql-file.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * Pinned in every session, over the settings of the role, its database and its server. A pin unknown to the server is
 * skipped. `row_security`, `search_path`, `default_transaction_read_only` and the lc_ settings remain the site's own.
 */
const pins: Settings = {
  // A row always prints as the same bytes, because fingerprints are made of this text (decision 2).
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  // Statements have one meaning everywhere.
  array_nulls: 'on',
  backslash_quote: 'safe_encoding',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  xmloption: 'content',
  timezone_abbreviations: 'Default',
  gin_fuzzy_search_limit: '0',
  restrict_nonsystem_relation_kind: '',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  // Outside limits are off.
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  exit_on_error: 'off',
  // Settings for developers of Postgres that slow a session down are off.
  client_min_messages: 'warning',
  plan_cache_mode: 'auto',
  force_parallel_mode: 'off',
  debug_parallel_query: 'off',
};

/**
 * A vanished machine (power, network) leaves its connections open. With these settings its sessions, and the lock of
 * its run, end within 30 s: while idle, in a long statement, or during an answer. They have no effect on a Unix socket.
 */
const keepalives = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '25s',
  client_connection_check_interval: '10s',
};

/**
 * Linux also applies tcp_user_timeout to a reader that is alive and takes nothing, as a scan does while the disk of the ledger stalls.
 * Such a session has time, and holds no lock.
 */
const slowReader = { ...keepalives, tcp_user_timeout: '5min' };

type Pinning = Pick<SessionOptions, 'neighbour' | 'readsSlowly'>;

interface Pinned {
  readonly name: string;
  readonly was: string | null;
  /** Null if the role lacks the right to set it. */
  readonly is: string | null;
}

/** Independent of the role's defaults: it takes no snapshot, so it cannot wait for one. */
const safely =
  'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE; SET statement_timeout = 0';

/**
 * Pins a session. Rejects with a UsageFault if a required pin has another value and the role lacks the right to set it.
 */
export async function pin(
  client: pg.Client,
  own: Settings,
  { neighbour, readsSlowly = false }: Pinning,
): Promise<void> {
  const wanted = { ...pins, ...own };
  const asked = readsSlowly ? slowReader : keepalives;
  await client.query(safely);
  const pinned = await setAll(client, statement('session/pin_settings'), { ...wanted, ...asked }).catch(
    (error: unknown) => {
      if (!(error instanceof pg.DatabaseError) || isConnectionError(error)) throw error;
      // The role may not set one of them, or a platform refuses a setting that the server knows.
      return setPermitted(client, wanted, asked);
    },
  );
  const other = pinned.find(({ name, was, is }) => is === null && was !== wanted[name]);
  if (other !== undefined) throw cannotBePinned(other, neighbour);
}

async function setAll(client: pg.Client, { text }: Statement<Pinned>, settings: Settings): Promise<Pinned[]> {
  return (await client.query<Pinned>(text, [Object.keys(settings), Object.values(settings)])).rows;
}

const permitted = statement<Pinned>('session/pin_permitted_settings');

async function setPermitted(client: pg.Client, wanted: Settings, asked: Settings): Promise<Pinned[]> {
  await setKeepalives(client, asked);
  return setAll(client, permitted, wanted);
}

/** Sets them one by one: each may be refused. */
async function setKeepalives(client: pg.Client, asked: Settings): Promise<void> {
  for (const [name, value] of Object.entries(asked)) {
    await setAll(client, permitted, { [name]: value }).catch((error: unknown) => {
      if (isConnectionError(error)) throw error;
    });
  }
}

/**
 * Lets the answer of a session that holds the lock pause as a scan's may, because the disk that takes it may stall. A machine that
 * vanishes during that time keeps the lock as long.
 */
export async function readingSlowly<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await setKeepalives(client, userTimeoutOf(slowReader));
  try {
    return await work();
  } finally {
    // It fails only on a lost connection, which fails the work too.
    await setKeepalives(client, userTimeoutOf(keepalives)).catch(() => undefined);
  }
}

const userTimeoutOf = ({ tcp_user_timeout }: typeof keepalives): Settings => ({ tcp_user_timeout });

const cannotBePinned = ({ name, was }: Pinned, neighbour: string): UsageFault =>
  new UsageFault(
    `${name} is ${was ?? 'not set'} in sessions of ${neighbour}, which changes what statements do, and the role may not set it otherwise. ` +
      `A superuser has set it for the role, the database or the server: RESET ${name} there, then start the job again. Nothing was done.`,
  );
