import { NeighbourFault } from '../../fault.ts';
import { DatabaseFault } from '../../postgres/database-fault.ts';
import type { Session } from '../../postgres/session.ts';
import { openEhrSession, readOnly, type EhrSource } from '../ehr-session.ts';
import { conflictFault, isRecoveryConflict } from './recovery-conflict.ts';

/** A page of persons has hundreds of rows; a fetch that takes longer has no index to go by. */
export const fetchLimit = { ms: 60_000, yields: true } as const;

/**
 * Reads the newest rows, in short transactions one after the other. Hours may pass between them, and a firewall or a
 * restart may take the connection away meanwhile: what was read is not kept here, so a read is simply made once more.
 */
export class Reader {
  readonly #source: EhrSource;
  #session: Session | null;
  #previous: Promise<unknown> = Promise.resolve();

  /** Takes over the session, which must be opened with `fetchLimit`. */
  constructor(source: EhrSource, session: Session) {
    this.#source = source;
    this.#session = session;
  }

  /** Runs work in a read-only transaction of its own, when those asked for before it have ended. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.#previous.then(() => this.#readOrOnceMore(work));
    this.#previous = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#previous;
    await this.#session?.close();
  }

  async #readOrOnceMore<T>(work: (session: Session) => Promise<T>): Promise<T> {
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

  async #readOnce<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = (this.#session ??= await openEhrSession(this.#source, fetchLimit));
    try {
      return await readOnly(session, () => work(session));
    } catch (error) {
      // The next read opens a new one: simpler than a rollback, and it serves as well where there is nothing to roll back.
      this.#session = null;
      await session.close();
      throw error;
    }
  }
}

const isLost = (error: unknown): boolean => error instanceof NeighbourFault && !(error instanceof DatabaseFault);
