import type { Subject } from '../contract/contract.ts';

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
  /** Open rows only. */
  | { readonly kind: 'open' };

/** True if every merge counts, with the rows that depend on it. A scope that a person has narrowed takes only its own. */
export const takesAllMerges = (scope: Scope): boolean => scope.kind === 'sweep' || scope.kind === 'changes';
