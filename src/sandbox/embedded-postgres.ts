import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { NeighbourFault, DatabaseFault } from '../fault.ts';
import { Secret } from '../secret.ts';
import { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { findBinaries } from './embedded-postgres-binaries.ts';
import type { DataFolder } from './embedded-postgres-folder.ts';
import { dataIn, prepareFolder } from './embedded-postgres-folder.ts';
import { serverAccount } from './embedded-postgres-process.ts';
import { findPostmaster, startServer, stopServer } from './embedded-postgres-server.ts';
import { freePort } from './free-port.ts';

/**
 * A real Postgres in a folder: the ledger of a site without a database server, and the database of the demo and the tests.
 *
 * Several jobs may use one folder at once. The first starts the server, later ones join it, and the last one stops it. Each holds a shared
 * lock in the server, so a killed job leaves only a server to join.
 */
export interface EmbeddedPostgres {
  readonly folder: string;
  /** The requested database. */
  readonly url: Secret;
  /** The database `postgres`, for creating others. */
  readonly adminUrl: Secret;
  urlOf(database: string): Secret;
  /** True if the server was running already. */
  readonly joined: boolean;
  /** Leaves the server, and stops it after the last user. */
  stop(): Promise<void>;
}

interface EmbeddedPostgresOptions {
  readonly folder: string;
  /** Default: a free one. A running server keeps its own. */
  readonly port?: number;
  /** Created if missing. Default `redox_reconcile`. */
  readonly database?: string;
  /** False trades crash safety for speed, for tests only. Default true. */
  readonly durable?: boolean;
}

/** Key of the users' shared lock; `RXRC` in ASCII. */
const presenceLock = 0x52585243;
const patienceMs = 120_000;
const neighbour = 'the embedded Postgres';

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder);
  const account = await serverAccount(dataIn(folder));
  const binaries = await findBinaries(account);
  const data: DataFolder = { folder, account, binaries, durable: options.durable ?? true };
  const password = await prepareFolder(data);
  const urlAt = (port: number, database: string): Secret =>
    new Secret(
      `postgres://postgres:${encodeURIComponent(password.reveal())}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    );

  const announceAt = (port: number): Promise<Session> => announce(urlAt(port, 'postgres'));
  const { presence, port, joined } = await attach(data, options.port, announceAt);
  const stop = async (): Promise<void> => {
    // A lost session does not mean a stopped server: Postgres restarts itself after one of its processes was killed.
    const session = presence.isLost ? await announceAt(port).catch(() => null) : presence;
    if (session !== null) await leave(data, session);
  };
  const database = options.database ?? 'redox_reconcile';
  try {
    await createDatabase(presence, database);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    joined,
    url: urlAt(port, database),
    adminUrl: urlAt(port, 'postgres'),
    urlOf: (name) => urlAt(port, name),
    stop,
  };
}

interface Attached {
  readonly presence: Session;
  readonly port: number;
  readonly joined: boolean;
}

interface NotAttached {
  readonly trouble: string;
  readonly failedToStart: boolean;
}

type AnnounceAt = (port: number) => Promise<Session>;

/** Starting and joining can race with another job's start or stop, so both are retried. */
async function attach(data: DataFolder, wantedPort: number | undefined, announceAt: AnnounceAt): Promise<Attached> {
  const deadline = Date.now() + patienceMs;
  for (let failedStarts = 0; ;) {
    const attempt = await joinOrStart(data, wantedPort, announceAt);
    if ('presence' in attempt) return attempt;
    failedStarts = attempt.failedToStart ? failedStarts + 1 : 0;
    if (failedStarts === 5 || Date.now() > deadline) {
      throw new NeighbourFault(
        `Could not start or join the embedded Postgres in ${data.folder} (${attempt.trouble}). ` +
          `Its log is ${dataIn(data.folder)}/postgres.log; mend what it names and start again.`,
      );
    }
    await sleep(100);
  }
}

async function joinOrStart(
  data: DataFolder,
  wantedPort: number | undefined,
  announceAt: AnnounceAt,
): Promise<Attached | NotAttached> {
  const postmaster = await findPostmaster(data.folder);
  const port = postmaster?.port ?? wantedPort ?? (await freePort());
  if (postmaster === null) {
    const started = await startServer(data, port);
    if (!started.succeeded) {
      // Another job was faster.
      return { trouble: started.output, failedToStart: (await findPostmaster(data.folder)) === null };
    }
  }
  try {
    // The folder's password works, so this is the folder's server and not another one on its port.
    return { presence: await announceAt(port), port, joined: postmaster !== null };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error), failedToStart: false };
  }
}

async function announce(adminUrl: Secret): Promise<Session> {
  const session = await Session.open(adminUrl, { neighbour });
  try {
    await session.run(statement('sandbox/embedded-postgres/announce_presence'), [presenceLock]);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function createDatabase(session: Session, name: string): Promise<void> {
  const found = await session.one<{ does_exist: boolean }>(statement('sandbox/embedded-postgres/find_database'), [
    name,
  ]);
  if (found.does_exist) return;
  try {
    await session.query('CREATE DATABASE', `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0`);
  } catch (error) {
    // Another job created it at the same moment.
    const isThere = error instanceof DatabaseFault && (error.code === '42P04' || error.code === '23505');
    if (!isThere) throw error;
  }
}

async function leave(data: DataFolder, presence: Session): Promise<void> {
  try {
    if (await isLastOut(presence)) {
      const stopped = await stopServer(data);
      if (!stopped.succeeded) {
        throw new NeighbourFault(
          `Could not stop the embedded Postgres in ${data.folder}. Output of pg_ctl: ${stopped.output}`,
        );
      }
    }
  } finally {
    await presence.close();
  }
}

async function isLastOut(presence: Session): Promise<boolean> {
  try {
    await presence.run(statement('sandbox/embedded-postgres/leave_presence'), [presenceLock]);
    const found = await presence.one<{ is_last: boolean }>(statement('sandbox/embedded-postgres/try_to_be_last'), [
      presenceLock,
    ]);
    return found.is_last;
  } catch (error) {
    // Another job was the last and is stopping the server.
    if (error instanceof NeighbourFault && !(error instanceof DatabaseFault)) return false;
    throw error;
  }
}
