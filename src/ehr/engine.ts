import type { Secret } from '../secret.ts';
import type {
  CheckedContract,
  CheckedQuery,
  CheckedSection,
  FetchedBesides,
  SiteQuery,
} from './contract/contract-query.ts';
import type { LandedExtract } from './landing/landed-extract.ts';
import type { Selection } from './read/selection.ts';

/** A row: each value as the server prints it, or null. */
export type RawRow = Readonly<Record<string, string | null>>;

/** A weakness of the contract that the site should fix; runs still work. */
export interface ContractWarning {
  readonly file: string;
  readonly message: string;
}

/** A result column of a contract query, with the name of its type in the server's own words. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** Decimals of its type; null if the type leaves them open. */
  readonly scale: number | null;
}

/** What the types of a server mean, by their names. */
export interface TypeRules {
  holdsTime(type: string): boolean;
  /** An expression that makes a time of this type, as an example. */
  castToTime(type: string): string;
  /** Types of one group print a value alike. */
  printsAs(type: string): string;
  /** Why the column probably prints otherwise than intended; null if it does not. */
  doubtOf(column: Column): string | null;
  /** What to write in place of an expression that depends on the time zone of the session. */
  readonly zoneRemedy: string;
  /** False for a text that no key of this type prints: it is no row's, and asking for it may fail. */
  canBeKey(type: string, id: string): boolean;
}

export interface FetchQuestion {
  readonly ids: readonly string[];
  /** A row with more bytes of text stays in the EHR and throws TooMuchText. */
  readonly largestRow: number;
  /** Advice if it takes too long. */
  readonly remedy: string;
}

/** How far `updated_at` reaches; each value as the server prints it. */
export interface Newest {
  /** The latest within reach of a wrong time zone, in milliseconds since 1970. */
  readonly newest: string | null;
  /** Rows further ahead. */
  readonly beyond: string;
  /** Values that yield no instant. */
  readonly unreadable: string;
}

/** One group of patients with the same match keys, and the totals of all groups. */
export interface SameKeysRow {
  /** JSON of some of its ids. */
  readonly ids: string;
  readonly patients: string;
  readonly pairs: string;
}

/** A time zone for the server's session. */
export type SessionZone = 'utc' | 'east' | 'west';
type InZone = (zone: SessionZone) => Promise<RawRow[]>;

/**
 * One read-only session with a server that speaks SQL, by which the contract's queries are asked. A value is the same text in a scan and
 * in a fetch. There are two: `postgres/` and `mysql/`.
 */
export interface EhrSession {
  /** The server of this session, if the URL names several. */
  readonly url: Secret;
  readonly types: TypeRules;

  /** Runs work in one read-only transaction with one snapshot. After a failure the session is unusable. */
  readOnly<T>(work: () => Promise<T>): Promise<T>;
  /** Throws a UsageFault if the server has to know the zone and does not. */
  requireTimeZone(timeZone: string): Promise<void>;
  /** The query's columns, or the server's objection. `extract`: its tables come from files. */
  describe(
    query: SiteQuery,
    extract: LandedExtract | null,
  ): Promise<{ readonly columns: readonly Column[] } | { readonly fault: string }>;

  /** The source's own clock; the watermark stays below it. */
  clock(): Promise<Date>;
  /** The selected rows as `Snapshot.scan` gives them. */
  scan(query: CheckedQuery, selection: Selection): Promise<AsyncIterable<Buffer>>;
  /** The rows of ids as they arrive: the columns of a scan's lines with a flag (`unreadable`), or those of what is fetched besides. */
  fetch(query: CheckedQuery | FetchedBesides, question: FetchQuestion, onRow: (row: RawRow) => void): Promise<void>;
  /** Bytes of text in the rows of ids. */
  size(query: CheckedQuery | FetchedBesides, ids: readonly string[], remedy: string): Promise<number>;

  /** A few rows that the server finds first; `ids` for a query that takes them. */
  sample(query: CheckedQuery | FetchedBesides, rows: number, ids: readonly string[] | null): Promise<RawRow[]>;
  /** Null if the query lacks `updated_at`. */
  newest(query: CheckedQuery): Promise<Newest | null>;
  /** Some groups of patients whom a search cannot tell apart, with some ids of each; null if the contract lacks a match key. */
  sameKeys(all: CheckedContract['all'], shown: number): Promise<readonly Partial<SameKeysRow>[] | null>;
  /** Large tables that a fetch by key would read from end to end. */
  largeTablesReadInFull(query: CheckedQuery | FetchedBesides): Promise<string[]>;
  /** Policies that may hide rows from the role. `reads`: looks behind functions, by reading a row of each query. */
  warnOfHiddenRows(contract: CheckedContract, options: { readonly reads: boolean }): Promise<ContractWarning[]>;
  /** Reads the same rows in several zones of the session, in one snapshot; null if the server will not, or it would take long. */
  inZones<T>(
    query: CheckedQuery | CheckedSection,
    ids: readonly string[] | null,
    compare: (read: InZone) => Promise<T>,
  ): Promise<T | null>;

  close(): Promise<void>;
}

/** The flag of a fetched row whose `updated_at` is unreadable: `t`. */
export const unreadable = 'updated_at_is_unreadable';
