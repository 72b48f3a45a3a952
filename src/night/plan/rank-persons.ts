import type { Entity } from '../../contract/contract.ts';
import type { CleanCount } from '../../ledger/stage/differences.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { rankPersons, type StagedCounts } from '../../ledger/stage/stage.ts';

/**
 * Persons are ranked if more than one row in this many differs. Ranking reads the whole stage: seconds for millions of rows. A quiet
 * night's few calls reach Redox within minutes in any order.
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
