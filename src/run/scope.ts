import type { Ehr } from '../ehr/ehr.ts';
import { setMode } from '../ledger/run/run.ts';
import type { Policy } from './policy.ts';
import type { LedgerServices } from './services.ts';

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

/** Every merge row counts, and so does every row that hangs on one: not for scopes that a person has narrowed. */
export const takesAllMerges = (scope: Scope): boolean => scope.kind === 'sweep' || scope.kind === 'changes';

/**
 * Where `changes` begins: at the watermark. Where there is none yet, or where the contract does not say when a row was updated,
 * every row is read instead, and the run says so. After a restore every row is read too.
 */
export async function resolveScope(
  { scope, afterRestore }: Pick<Policy, 'scope' | 'afterRestore'>,
  { ledger, run, log }: LedgerServices,
  ehr: Ehr,
): Promise<Scope> {
  if (scope !== 'changes') return scope;
  const saysWhen = ehr.hasUpdatedAt('patient') && ehr.hasUpdatedAt('encounter');
  if (run.watermark !== null && saysWhen && !afterRestore) return { kind: 'changes', since: run.watermark };
  const why = saysWhen ? 'no_watermark_yet' : 'contract_without_updated_at';
  log('sweep_instead', { reason: afterRestore ? 'after_restore' : why });
  await setMode(ledger.writer, run, 'sweep');
  return { kind: 'sweep' };
}
