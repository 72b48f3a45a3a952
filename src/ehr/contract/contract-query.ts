import { contract, type Entity } from '../../contract/contract.ts';
import type { Section } from '../../contract/section.ts';

/** One query of the contract, as written in its file. */
export interface SiteQuery {
  /** Path within the contract folder, for messages: `patients.sql`. */
  readonly file: string;
  /** Where marked lines of another file make the query: `patients.sql with its lines -- @by_id`. */
  readonly madeFrom?: string;
  /** The statement, stripped of its semicolon so that it fits in parentheses. */
  readonly text: string;
  /** True if it takes ids as `$1`. */
  readonly byId: boolean;
  /** The columns that the contract defines for it. */
  readonly known: readonly string[];
  /** The columns that it must return. */
  readonly required: readonly string[];
}

/** A query of the rows that are compared; `byId` is true for `…_by_id.sql`. */
export interface ContractQuery extends SiteQuery {
  readonly entity: Entity;
}

/** A query of the clinical content of given visits, `sections/<section>.sql`, or of given patients, `summary/<section>.sql`. */
export interface SectionQuery extends SiteQuery {
  readonly section: Section;
  /** The column with the asked ids. */
  readonly key: 'encounter_id' | 'patient_id';
}

/** `identifiers.sql`: further identifiers of given patients. */
export interface IdentifiersQuery extends SiteQuery {
  readonly key: 'patient_id';
}

/** The server's description of an accepted query. */
interface Checked {
  /** Type names by column. */
  readonly columns: ReadonlyMap<string, string>;
  /** Sentences about columns that probably print differently than intended (`TypeRules`). */
  readonly doubts: readonly string[];
}

export type CheckedQuery = ContractQuery & Checked;
export type CheckedSection = SectionQuery & Checked;
export type CheckedIdentifiers = IdentifiersQuery & Checked;

/** A query by the ids of others: of visits for their sections, of patients for all else. */
export type FetchedBesides = CheckedSection | CheckedIdentifiers;

/** Entities that can be fetched by key. Merges are always read in full. */
export type FetchedEntity = Exclude<Entity, 'merge'>;

export interface CheckedContract {
  /** Queries for every row; merges are optional. */
  readonly all: Readonly<Record<FetchedEntity, CheckedQuery>> & { readonly merge: CheckedQuery | null };
  /** Queries that find rows by key: `…_by_id.sql` where the site wrote it, else the query for all. */
  readonly byKey: Readonly<Record<FetchedEntity, CheckedQuery>>;
  /** The contract's clinical sections, in the order of `contract/section.ts`. */
  readonly sections: readonly CheckedSection[];
  /** The same of the patients' summaries; empty where the contract has none. */
  readonly summary: readonly CheckedSection[];
  /** Further identifiers of patients; null where the contract has none. */
  readonly identifiers: CheckedIdentifiers | null;
}

export const fetchedBesides = ({ sections, summary, identifiers }: CheckedContract): readonly FetchedBesides[] => [
  ...sections,
  ...summary,
  ...(identifiers === null ? [] : [identifiers]),
];

export const rowQueries = ({ all: { patient, encounter, merge } }: CheckedContract): readonly CheckedQuery[] => [
  patient,
  encounter,
  ...(merge === null ? [] : [merge]),
];

export const keyOf = (query: ContractQuery): string => contract[query.entity].key;
