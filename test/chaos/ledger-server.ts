/** The ledger's Postgres: a cluster of the test's own, so that it can be killed without hurting anybody else. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../../src/core/secret.ts';
import { ledgerSchema } from '../../src/ledger/migrate.ts';
import { Session } from '../../src/postgres/session.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { findPostmaster, freePort } from '../../src/sandbox/embedded-postgres-server.ts';
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

  /** `kill -9` of the server. */
  async killServer(): Promise<void> {
    const postmaster = await findPostmaster(this.#folder);
    if (postmaster === null) return;
    process.kill(postmaster.pid, 'SIGKILL');
    count('ledger servers killed');
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
    await this.heal();
    await this.#server.stop();
    process.off('exit', this.#abandon);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
