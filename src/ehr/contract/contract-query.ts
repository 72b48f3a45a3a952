import { contract, type Entity } from '../../contract/contract.ts';
import type { Section } from '../../contract/section.ts';

/** One query of the contract as its file says it. */
export interface SiteQuery {
  /** Name within the contract folder, e.g. `patients.sql`: what people are told. */
  readonly file: string;
  /** Without the semicolon that may end it, so that it can stand in parentheses. */
  readonly text: string;
  /** True where it takes ids as `$1`. */
  readonly byId: boolean;
  /** The columns that the contract knows here. */
  readonly known: readonly string[];
  /** Those that the query must give. */
  readonly required: readonly string[];
}

/** A query of the rows that are compared; `byId` is true for `…_by_id.sql`. */
export interface ContractQuery extends SiteQuery {
  readonly entity: Entity;
}

/** A query of the clinical content of given encounters: `sections/<section>.sql`. */
export interface SectionQuery extends SiteQuery {
  readonly section: Section;
}

/** What the server has said of a query that it has taken. */
interface Checked {
  /** The name of each column's type. */
  readonly columns: ReadonlyMap<string, string>;
  /** What is sent otherwise than it is meant, most likely (`column-doubts.ts`). */
  readonly doubts: readonly string[];
}

export type CheckedQuery = ContractQuery & Checked;
export type CheckedSection = SectionQuery & Checked;

/** What can be fetched by key. Merges are always read in full. */
export type FetchedEntity = Exclude<Entity, 'merge'>;

export interface CheckedContract {
  /** Queries that give every row; merges only where the contract has them. */
  readonly all: Readonly<Record<FetchedEntity, CheckedQuery>> & { readonly merge: CheckedQuery | null };
  /** Queries that find rows by key: `…_by_id.sql` where the site wrote it, else the query for all. */
  readonly byKey: Readonly<Record<FetchedEntity, CheckedQuery>>;
  /** The clinical sections that the contract has, in the order of `core/section.ts`. */
  readonly sections: readonly CheckedSection[];
}

/** The key column of what a query gives. */
export const keyOf = (query: ContractQuery): string => contract[query.entity].key;
