import pg from 'pg';
import { UsageFault } from '../fault.ts';
import { isConnectionError } from './database-error.ts';
import { statement } from './sql-file.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * Pinned in every session, whatever the role, its database or its server has set. A server that does not know one of them goes without.
 * `row_security`, `search_path`, `default_transaction_read_only` and the lc_ settings stay the site's own.
 */
const pins: Settings = {
  // The same row prints as the same bytes: fingerprints are made of this text (decision 2).
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  // A statement means the same.
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
  // Nothing ends it from outside.
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  exit_on_error: 'off',
  // Nothing slows it down for the sake of developers of Postgres.
  client_min_messages: 'warning',
  plan_cache_mode: 'auto',
  force_parallel_mode: 'off',
  debug_parallel_query: 'off',
};

/**
 * A machine that vanished (power, network) says no goodbye. With these its sessions, and the lock of its run, end within 30 s: idle, in a
 * long statement, or with an answer under way. They do nothing on a Unix socket.
 */
const keepalives: Settings = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '25s',
  client_connection_check_interval: '10s',
};

interface Pinned {
  readonly name: string;
  readonly was: string | null;
  /** Null where our role may not set it. */
  readonly is: string | null;
}

/** Nothing of the role's decides about this: no snapshot is taken, so it cannot wait for one. */
const safely =
  'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE; SET statement_timeout = 0';

/** Pins a session. Rejects with a UsageFault where something that must be pinned is otherwise, and may not be set. */
export async function pin(client: pg.Client, own: Settings, neighbour: string): Promise<void> {
  const wanted = { ...pins, ...own };
  await client.query(safely);
  const pinned = await setAll(client, { ...wanted, ...keepalives }).catch((error: unknown) => {
    if (!(error instanceof pg.DatabaseError) || isConnectionError(error)) throw error;
    // A platform may refuse one of those that the server knows.
    return setEach(client, wanted);
  });
  const other = pinned.find(({ name, was, is }) => is === null && was !== wanted[name]);
  if (other !== undefined) throw cannotBePinned(other, neighbour);
}

async function setAll(client: pg.Client, settings: Settings): Promise<Pinned[]> {
  const names = Object.keys(settings);
  const { rows } = await client.query<Pinned>(statement<Pinned>('session/pin_settings').text, [
    names,
    Object.values(settings),
  ]);
  return rows;
}

/** One by one. Only what a run can do without may be refused. */
async function setEach(client: pg.Client, wanted: Settings): Promise<Pinned[]> {
  for (const [name, value] of Object.entries(keepalives)) {
    await setAll(client, { [name]: value }).catch((error: unknown) => {
      if (isConnectionError(error)) throw error;
    });
  }
  return setAll(client, wanted);
}

const cannotBePinned = ({ name, was }: Pinned, neighbour: string): UsageFault =>
  new UsageFault(
    `${name} is ${was ?? 'not set'} in sessions of ${neighbour}, which changes what statements do, and the role may not set it otherwise. ` +
      `A superuser has set it for the role, the database or the server: RESET ${name} there, then start the job again. Nothing was done.`,
  );
