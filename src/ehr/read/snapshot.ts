import { Readable } from 'node:stream';
import type { Entity } from '../../contract/contract.ts';
import type { CheckedContract, FetchedEntity } from '../contract/contract-query.ts';
import type { EhrSession } from '../engine.ts';
import { FetchBudget, nullIfTooMuch, fetchRows, type Fetched } from './fetch.ts';
import { isRecoveryConflict } from './reader.ts';
import { countSameKeys, type SameKeys } from './same-keys.ts';
import { type Rest, scanRows } from './scan-rows.ts';
import type { Selection } from './selection.ts';

/**
 * Every row as of one moment, on one connection: read a scan to its end, or destroy it and with it the snapshot, before
 * the next request.
 */
export class Snapshot {
  readonly #session: EhrSession;
  readonly #contract: CheckedContract;
  readonly #clockLimit: Date | null;
  readonly #rest: Rest;
  #hitConflict = false;

  constructor(
    session: EhrSession,
    contract: CheckedContract,
    { clockLimit, rest }: { readonly clockLimit: Date | null; readonly rest: Rest },
  ) {
    this.#session = session;
    this.#contract = contract;
    this.#clockLimit = clockLimit;
    this.#rest = rest;
  }

  /** True if a standby cancelled the snapshot to replay changes of the primary. */
  get hitConflict(): boolean {
    return this.#hitConflict;
  }

  /** The source's own clock; the watermark stays below it. */
  async clock(): Promise<Date> {
    const now = await this.#noting(this.#session.clock());
    // Files may be dated in the future; with such a watermark later changes would never be seen.
    return this.#clockLimit !== null && this.#clockLimit < now ? this.#clockLimit : now;
  }

  /**
   * The selected rows as lines in COPY's text format: `updated_at` (`merged_at` for a merge) as an instant in UTC, a
   * tab, then the canonical columns in the contract's order. A column that the contract omits is `\N`. Merges are empty
   * if the contract lacks merges.sql.
   */
  async scan(entity: Entity, selection: Selection): Promise<Readable> {
    const query = this.#contract.all[entity];
    if (query === null) return Readable.from([]);
    return this.#noting(
      scanRows(this.#session, query, selection, this.#rest, (error) => {
        this.#note(error);
      }),
    );
  }

  /** Rows by key, as of the snapshot. */
  fetch<E extends FetchedEntity>(entity: E, ids: readonly string[]): Promise<Fetched<E>> {
    return this.#noting(fetchRows(this.#session, this.#contract, entity, ids));
  }

  /** The same, but null beyond `most` characters; excess rows are dropped on arrival, and the snapshot stays usable. */
  fetchWithin<E extends FetchedEntity>(most: number, entity: E, ids: readonly string[]): Promise<Fetched<E> | null> {
    const budget = new FetchBudget(most);
    return this.#noting(fetchRows(this.#session, this.#contract, entity, ids, budget).catch(nullIfTooMuch));
  }

  /** Patients whom a search cannot tell apart; null if the contract lacks one of the keys. */
  sameKeys(): Promise<SameKeys | null> {
    return this.#noting(countSameKeys(this.#session, this.#contract));
  }

  async #noting<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      this.#note(error);
      throw error;
    });
  }

  #note(error: unknown): void {
    this.#hitConflict ||= isRecoveryConflict(error);
  }
}
