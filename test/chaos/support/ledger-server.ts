/** The ledger's Postgres: a cluster of the test's own, so that it can be killed without hurting anybody else. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Secret } from '../../../src/secret.ts';
import { ledgerSchema } from '../../../src/ledger/run/migrate.ts';
import { Session } from '../../../src/postgres/session.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/sandbox/embedded-postgres.ts';
import { findBinaries } from '../../../src/sandbox/embedded-postgres-binaries.ts';
import { dataIn } from '../../../src/sandbox/embedded-postgres-folder.ts';
import { run, serverAccount } from '../../../src/sandbox/embedded-postgres-process.ts';
import { findPostmaster } from '../../../src/sandbox/embedded-postgres-server.ts';
import { freePort } from '../../../src/sandbox/free-port.ts';
import { count } from './tally.ts';

const patienceMs = 60_000;

export class LedgerServer {
  readonly #folder: string;
  readonly #port: number;
  #server: EmbeddedPostgres;

  private constructor(folder: string, port: number, server: EmbeddedPostgres) {
    this.#folder = folder;
    this.#port = port;
    this.#server = server;
    process.once('exit', this.#abandon);
  }

  static async start(): Promise<LedgerServer> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-ledger-'));
    const port = await freePort();
    return new LedgerServer(folder, port, await startEmbeddedPostgres({ folder, port }));
  }

  /** Another server that follows this one through `port`, where a link to it listens. */
  async standby(port: number): Promise<LedgerServer> {
    const copy = await this.backUp();
    const { password } = new URL(this.url.reveal());
    const conninfo = `host=127.0.0.1 port=${port} user=postgres password=${decodeURIComponent(password)}`;
    await appendFile(
      join(copy, 'data', 'postgresql.auto.conf'),
      `primary_conninfo = '${conninfo}'\nwal_retrieve_retry_interval = 100\n`,
    );
    await writeFile(join(copy, 'data', 'standby.signal'), '');
    const own = await freePort();
    return new LedgerServer(copy, own, await startEmbeddedPostgres({ folder: copy, port: own }));
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when this standby has received all that the other one has written. */
  async hasCaughtUp(primary: LedgerServer): Promise<boolean> {
    const [there] = await primary.ask<{ at: string }>('SELECT pg_current_wal_flush_lsn()::text AS at');
    const [here] = await this.ask<{ is: boolean }>(`SELECT pg_last_wal_replay_lsn() >= '${there?.at ?? '0/0'}' AS is`);
    return here?.is === true;
  }

  async promote(): Promise<void> {
    await this.ask('SELECT pg_promote(true, 60)');
  }

  /** A copy of its folder, taken while it is stopped. */
  async backUp(): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), 'chaos-backup-'));
    await this.#stop();
    await copyFolder(this.#folder, copy);
    await this.heal();
    return copy;
  }

  /** Puts such a copy in its place. */
  async restore(copy: string): Promise<void> {
    await this.#stop();
    await rm(this.#folder, { recursive: true });
    await copyFolder(copy, this.#folder);
    await this.heal();
  }

  /** Listens at a further address from here on, to a network of machines beside it. */
  async listenAt(address: string, network: string): Promise<void> {
    await this.#stop();
    const account = await serverAccount(dataIn(this.#folder));
    const { pgCtl } = await findBinaries(account);
    await appendFile(join(dataIn(this.#folder), 'pg_hba.conf'), `host all all ${network} scram-sha-256\n`);
    const options = `-c port=${this.#port} -c listen_addresses=127.0.0.1,${address} -c unix_socket_directories=`;
    const words = ['start', '--pgdata=data', '--wait', '--log=data/postgres.log', '-o', options];
    const { succeeded, output } = await run(pgCtl, words, { account, folder: this.#folder });
    if (!succeeded) throw new Error(output);
    await this.heal();
  }

  async #stop(): Promise<void> {
    const postmaster = await findPostmaster(this.#folder);
    if (postmaster === null) return;
    process.kill(postmaster.pid, 'SIGINT');
    while ((await findPostmaster(this.#folder)) !== null) await sleep(20);
  }

  get url(): Secret {
    return this.#server.url;
  }

  /** Asks the ledger something, on a session of its own. */
  async ask<Row extends object>(text: string): Promise<Row[]> {
    const session = await this.open();
    try {
      return (await session.query('a question of the test', text)).rows as Row[];
    } finally {
      await session.close();
    }
  }

  open(): Promise<Session> {
    return Session.open(this.url, {
      neighbour: 'the ledger',
      settings: { search_path: `${ledgerSchema}, pg_catalog`, application_name: 'chaos' },
    });
  }

  /** Processes of the sessions that the job has now. */
  async jobSessions(): Promise<number[]> {
    const rows = await this.ask<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'redox-reconcile' AND pid <> pg_backend_pid()
       ORDER BY backend_start`,
    );
    return rows.map(({ pid }) => pid);
  }

  /** `kill -9` of one of the job's sessions: Postgres ends all the others too, and recovers. */
  async killSession(which: number): Promise<void> {
    const sessions = await this.jobSessions();
    const pid = sessions[which % Math.max(1, sessions.length)];
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    count('ledger sessions killed');
  }

  /** Ends the job's sessions, or some of them, as keepalives would whose other side is silent. */
  async endSessions(pids: readonly number[] | null = null): Promise<void> {
    const which = pids === null ? '' : ` AND pid IN (${[0, ...pids].join(', ')})`;
    await this.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'redox-reconcile'${which}`,
    );
  }

  /** `kill -9` of the server. */
  async killServer(
    figure: 'ledger servers killed' | 'fleet database servers killed' = 'ledger servers killed',
  ): Promise<void> {
    const postmaster = await findPostmaster(this.#folder);
    if (postmaster === null) return;
    process.kill(postmaster.pid, 'SIGKILL');
    count(figure);
  }

  /** Starts it again where it is gone, at the same place, and waits until it answers. */
  async heal(): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        if ((await findPostmaster(this.#folder)) === null) {
          this.#server = await startEmbeddedPostgres({ folder: this.#folder, port: this.#port });
        }
        await this.ask('SELECT 1');
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }

  /** A suite that is interrupted leaves no server behind. */
  readonly #abandon = (): void => {
    const pidFile = join(this.#folder, 'data', 'postmaster.pid');
    if (existsSync(pidFile)) process.kill(Number.parseInt(readFileSync(pidFile, 'utf8')), 'SIGQUIT');
  };

  async close(): Promise<void> {
    await this.#stop();
    await this.#server.stop().catch(() => undefined);
    process.off('exit', this.#abandon);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const copyFolder = async (from: string, to: string): Promise<void> => {
  await promisify(execFile)('cp', ['-a', `${from}/.`, to]);
};
