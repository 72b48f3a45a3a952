import { contract, type Entity } from '../core/contract.ts';

/** One query of the contract as its file says it. */
export interface ContractQuery {
  readonly entity: Entity;
  /** Name within the contract folder, e.g. `patients.sql`: what people are told. */
  readonly file: string;
  /** Without the semicolon that may end it, so that it can stand in parentheses. */
  readonly text: string;
  /** True for `…_by_id.sql`, which takes ids as `$1`. */
  readonly byId: boolean;
}

/** A query that the server has taken, and the name of each column's type. */
export interface CheckedQuery extends ContractQuery {
  readonly columns: ReadonlyMap<string, string>;
}

/** What can be fetched by key. Merges are always read in full. */
export type FetchedEntity = Exclude<Entity, 'merge'>;

export interface CheckedContract {
  /** Queries that give every row; merges only where the contract has them. */
  readonly all: Readonly<Record<FetchedEntity, CheckedQuery>> & { readonly merge: CheckedQuery | null };
  /** Queries that find rows by key: `…_by_id.sql` where the site wrote it, else the query for all. */
  readonly byKey: Readonly<Record<FetchedEntity, CheckedQuery>>;
}

/** The key column of what a query gives. */
export const keyOf = (query: ContractQuery): string => contract[query.entity].key;
