import type { Subject } from '../contract/contract.ts';

/** A row, or the summary of a patient, that a person listed. */
export interface ListedRow {
  readonly entity: Subject;
  readonly id: string;
}

/** Which rows a run looks at. */
export type Scope =
  /** Every row: the only scope that can tell what is gone. */
  | { readonly kind: 'sweep' }
  /** What `updated_at` says changed since the watermark, and what is open. */
  | { readonly kind: 'changes'; readonly since: Date }
  /** What was updated, or was active, in a window; half-open. */
  | { readonly kind: 'window'; readonly by: 'updated' | 'activity'; readonly from: Date; readonly to: Date }
  | { readonly kind: 'only'; readonly rows: () => AsyncIterable<ListedRow> }
  /** What is open, and nothing else. */
  | { readonly kind: 'open' };

/** Every merge row counts, and so does every row that hangs on one: not for scopes that a person has narrowed. */
export const takesAllMerges = (scope: Scope): boolean => scope.kind === 'sweep' || scope.kind === 'changes';
