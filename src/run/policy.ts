import type { Config } from '../config/config.ts';
import type { RetryPolicy } from '../decide/redox/failure.ts';
import type { JsonObject } from '../json.ts';
import type { Subject } from '../contract/contract.ts';

/** What settings and flags say of a run that does not read the EHR. */
export interface LedgerPolicy {
  readonly job: string;
  readonly config: Pick<Config, 'redox' | 'ledgerKey' | 'ledgerKeyPrevious' | 'reportDir'> & {
    /** For the times on the page; UTC by default. */
    readonly siteTimeZone?: string | null;
  };
  /** The requested options, without ids, for the record. */
  readonly options: JsonObject;
  /** The due time that `--due` named. */
  readonly dueAt?: Date | null;
  /** `--once`: a due time is done at most once. */
  readonly once?: boolean;
  /** `--wait`: how long another run may hold the ledger. */
  readonly waitMs?: number | null;
}

export interface Policy extends LedgerPolicy {
  readonly config: Config;
  /** `changes` reads from the watermark on; without one it becomes a sweep. */
  readonly scope: Scope | 'changes';
  /** Store the plan, write the reports, send nothing. */
  readonly planOnly: boolean;
  /** Forget everything synced to the former target. */
  readonly newTarget: boolean;
  /** The ledger was restored, or lost commits: send again what it may have forgotten. */
  readonly afterRestore: boolean;
  /** A person approved a change that the guard would refuse. */
  readonly allowLargeChange: boolean;
  /** Send also rows that are current in the ledger. */
  readonly forced: boolean;
  /** Send also what is on hold (`UNKNOWN_OUTCOME=hold`). */
  readonly includesHeld: boolean;
  /** Only the plan of a `nightly` or `intraday` moves the watermark, once it goes on to be delivered (decision 12). */
  readonly movesWatermark: boolean;
  /** Send only rows that are as they were planned; others are superseded. */
  readonly onlyAsPlanned: boolean;
  /** Merges made from then on are staged but outside the scope. */
  readonly asOf: Date | null;
  /** No call starts after this. */
  readonly until: Date | null;
  readonly maxCalls: number | null;
  /** For tests: a faster second try, lines a chunk, characters of rows held at once, and calls of a part of a plan. */
  readonly retry?: Partial<RetryPolicy>;
  readonly linesPerChunk?: number;
  readonly pageSize?: number;
  readonly callsPerPart?: number;
}

export type ScopedPolicy = Policy & { readonly scope: Scope };

const careful = {
  planOnly: false,
  newTarget: false,
  afterRestore: false,
  allowLargeChange: false,
  forced: false,
  includesHeld: false,
  movesWatermark: false,
  onlyAsPlanned: false,
  asOf: null,
  until: null,
  maxCalls: null,
} as const;

/** The requested choices; all others are the careful ones. */
export type Asked = Pick<Policy, 'job' | 'config' | 'options'> & Partial<Policy>;

export const policyOf = <A extends Asked>(asked: A): typeof careful & A => ({ ...careful, ...asked });

/** A row, or the summary of a patient, that a person listed. */
export interface ListedRow {
  readonly entity: Subject;
  readonly id: string;
}

/** The rows that a run compares. */
export type Scope =
  /** Every row: the only scope that can tell what is gone. */
  | { readonly kind: 'sweep' }
  /** Rows updated since the watermark, and open ones. */
  | { readonly kind: 'changes'; readonly since: Date }
  /** Rows updated, or active, in a half-open window. */
  | { readonly kind: 'window'; readonly by: 'updated' | 'activity'; readonly from: Date; readonly to: Date }
  | { readonly kind: 'only'; readonly rows: () => AsyncIterable<ListedRow> }
  | { readonly kind: 'open' };

/** True if every merge counts, with the rows that depend on it. A scope that a person has narrowed takes only its own. */
export const takesAllMerges = (scope: Scope): boolean => scope.kind === 'sweep' || scope.kind === 'changes';
