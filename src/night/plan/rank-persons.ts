import type { Entity } from '../../contract/contract.ts';
import type { CleanCount } from '../../ledger/stage/differences.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { rankPersons, type StagedCounts } from '../../ledger/stage/stage.ts';

/**
 * Of so many rows one must differ before persons are ranked. To rank reads the whole stage, seconds for millions of rows: nothing
 * where thousands of calls follow, much for a quiet night, whose few calls are at Redox within minutes in whatever order.
 */
const rowsPerDifference = 500;

/** Gives the persons of a large plan their turns (ARCHITECTURE.md, "Whose turn it is"). */
export async function rankWhereMuchDiffers(
  { writer }: Ledger,
  scanned: StagedCounts,
  clean: Readonly<Record<Entity, CleanCount>>,
): Promise<void> {
  const rows = scanned.patient + scanned.encounter;
  const still = [clean.patient, clean.encounter].reduce((sum, { unchanged, not_due }) => sum + unchanged + not_due, 0);
  if ((rows - still) * rowsPerDifference > rows) await rankPersons(writer);
}
