import { Readable } from 'node:stream';
import type { Entity } from '../../contract/contract.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { CheckedContract, FetchedEntity } from '../contract/contract-query.ts';
import { FetchBudget, nullIfTooMuch } from './fetch-budget.ts';
import { fetchRows, type Fetched } from './fetch-rows.ts';
import { isRecoveryConflict } from './recovery-conflict.ts';
import { type Rest, scanRows } from './scan-rows.ts';
import type { Selection } from './selection.ts';

/**
 * Every row as of one moment. It holds one connection: read a scan to its end (or destroy it, which ends the snapshot)
 * before asking for the next thing.
 */
export class Snapshot {
  readonly #session: Session;
  readonly #contract: CheckedContract;
  readonly #clockLimit: Date | null;
  readonly #rest: Rest;
  #hitConflict = false;

  constructor(
    session: Session,
    contract: CheckedContract,
    { clockLimit, rest }: { readonly clockLimit: Date | null; readonly rest: Rest },
  ) {
    this.#session = session;
    this.#contract = contract;
    this.#clockLimit = clockLimit;
    this.#rest = rest;
  }

  /** True where a standby broke the snapshot off in order to replay what the primary did. */
  get hitConflict(): boolean {
    return this.#hitConflict;
  }

  /** The source's own clock; the watermark stays below it. */
  async clock(): Promise<Date> {
    if (this.#clockLimit !== null) return this.#clockLimit;
    const row = await this.#noting(
      this.#session.one<{ milliseconds: string }>(statement('ehr/internal/read_source_clock')),
    );
    return new Date(Number(row.milliseconds));
  }

  /**
   * The selected rows as lines in COPY's text format: `updated_at`, of a merge `merged_at`, as an instant in UTC, a tab, then the canonical columns
   * in the contract's order. A column that the contract leaves out is `\N`. None where the contract has no merges.sql.
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

  /** The same; null where it would be more than so many characters. What is too much is dropped as it comes: the snapshot lives on. */
  fetchWithin<E extends FetchedEntity>(most: number, entity: E, ids: readonly string[]): Promise<Fetched<E> | null> {
    const budget = new FetchBudget(most);
    return this.#noting(fetchRows(this.#session, this.#contract, entity, ids, budget).catch(nullIfTooMuch));
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
