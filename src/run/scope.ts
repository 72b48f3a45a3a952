import type { Ehr } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Mode, type Run, setMode } from '../ledger/run/run.ts';
import type { Log } from '../log/log.ts';

/** A row that a person listed. */
export interface ListedRow {
  readonly entity: 'patient' | 'merge' | 'encounter';
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

export const modeOf = (scope: Scope): Mode => scope.kind;

/** Every merge row counts, and so does every row that hangs on one: not for scopes that a person has narrowed. */
export const takesAllMerges = (scope: Scope): boolean => scope.kind === 'sweep' || scope.kind === 'changes';

/**
 * `changes` begins at the watermark. Without a watermark, without updated_at in the contract, or after a restore, every row is read
 * instead, and the run's mode shows it.
 */
export async function resolveScope(
  asked: Scope | 'changes',
  ehr: Ehr,
  ledger: Ledger,
  run: Run,
  log: Log,
  afterRestore = false,
): Promise<Scope> {
  if (asked !== 'changes') return asked;
  const saysWhen = ehr.hasUpdatedAt('patient') && ehr.hasUpdatedAt('encounter');
  if (run.watermark !== null && saysWhen && !afterRestore) return { kind: 'changes', since: run.watermark };
  const why = saysWhen ? 'no_watermark_yet' : 'contract_without_updated_at';
  log('sweep_instead', { reason: afterRestore ? 'after_restore' : why });
  await setMode(ledger.writer, run, 'sweep');
  return { kind: 'sweep' };
}
