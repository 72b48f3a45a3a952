import { DatabaseFault, NeighbourFault } from '../../fault.ts';
import { openEhrSession } from '../ehr-session.ts';
import type { EhrSource } from '../ehr-source.ts';
import type { EhrSession } from '../engine.ts';

/** A page has hundreds of rows; a slower fetch lacks an index. */
export const fetchLimit = { ms: 60_000, yields: true } as const;

/**
 * Reads the newest rows in short transactions, one after the other. Hours may pass between them, and a firewall or a
 * restart may drop the connection; the reader holds no data, so it simply reads again.
 */
export class Reader {
  readonly #source: EhrSource;
  #session: EhrSession | null;
  #previous: Promise<unknown> = Promise.resolve();

  /** Takes over a session opened with `fetchLimit`. */
  constructor(source: EhrSource, session: EhrSession) {
    this.#source = source;
    this.#session = session;
  }

  /** Runs work in its own read-only transaction, after all earlier reads. */
  read<T>(work: (session: EhrSession) => Promise<T>): Promise<T> {
    const turn = this.#previous.then(() => this.#readOrOnceMore(work));
    this.#previous = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#previous;
    await this.#session?.close();
  }

  async #readOrOnceMore<T>(work: (session: EhrSession) => Promise<T>): Promise<T> {
    const wasOpen = this.#session !== null;
    try {
      return await this.#readOnce(work);
    } catch (error) {
      const isWorthATry = isRecoveryConflict(error) || (wasOpen && isLost(error));
      if (!isWorthATry) throw error;
      return this.#readOnce(work).catch((again: unknown) => {
        throw isRecoveryConflict(again) ? conflictFault(again) : again;
      });
    }
  }

  async #readOnce<T>(work: (session: EhrSession) => Promise<T>): Promise<T> {
    const session = (this.#session ??= await openEhrSession(this.#source, fetchLimit));
    try {
      return await session.readOnly(() => work(session));
    } catch (error) {
      // The next read opens a new session: simpler than a rollback, and it also covers a lost connection.
      this.#session = null;
      await session.close();
      throw error;
    }
  }
}

const isLost = (error: unknown): boolean => error instanceof NeighbourFault && !(error instanceof DatabaseFault);

/**
 * True if a standby cancelled a reader to replay changes of the primary. In a read-only transaction at repeatable read,
 * only this causes 40001 and 40P01.
 * Source: PostgreSQL documentation, 27.4.2 "Handling Query Conflicts"; `ProcessInterrupts` in postgres.c.
 */
export function isRecoveryConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === '40001' || code === '40P01' || isRecoveryConflict(error.cause);
}

export const conflictFault = (cause: unknown): DatabaseFault =>
  new DatabaseFault(
    'The EHR is a standby, and it broke off reading twice in order to replay what its primary did (conflict with recovery). ' +
      'Run at a quieter hour, read from the primary, or let the standby wait: hot_standby_feedback = on, or a longer max_standby_streaming_delay.',
    '40001',
    { cause },
  );
