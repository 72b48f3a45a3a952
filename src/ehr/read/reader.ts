import { DatabaseFault, NeighbourFault } from '../../fault.ts';
import { openEhrSession } from '../ehr-session.ts';
import type { EhrSource } from '../ehr-source.ts';
import type { EhrSession } from '../engine.ts';
import { conflictFault, isRecoveryConflict } from './recovery-conflict.ts';

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
