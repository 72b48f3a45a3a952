/**
 * The guard looks at a plan before the first byte is sent, and refuses what is implausible: a source that lost its rows looks
 * just like a mass change. The limits on shares of changed, gone and merged rows have their place here too.
 */
import type { RowCounts } from './row-count.ts';

/** What the ledger knew before this run; patients and encounters are counted up to a thousand. */
export interface KnownCounts {
  readonly patient: number;
  readonly encounter: number;
  readonly merge: number;
}

/** Below this many known rows no guard fires (decision 16). */
const smallestGuarded = 100;

/** Why the plan is refused, in words that end a sentence beginning with "Refused:"; null where it is plausible. */
export function implausible(rows: RowCounts, known: KnownCounts, sawAll: boolean): string | null {
  if (known.merge > 0 && rows.merge.read === 0) {
    return `the EHR gave no merges, and Redox was told ${known.merge}`;
  }
  if (!sawAll) return null;
  for (const entity of ['patient', 'encounter'] as const) {
    if (known[entity] >= smallestGuarded && rows[entity].read === 0) {
      return `the EHR gave no ${entity}s, and Redox was told ${known[entity]} or more`;
    }
  }
  return null;
}
