import type { CheckedContract } from '../contract/contract-query.ts';
import type { EhrSession } from '../engine.ts';

/**
 * Patients with the same first name, last name, birth date and ZIP. A search by these finds several, and Redox then
 * returns none of them.
 */
export interface SameKeys {
  readonly patients: number;
  readonly pairs: number;
  /** `patient_id`s of a few groups. */
  readonly examples: readonly (readonly string[])[];
}

/** Groups that are named, and ids of each. */
const shown = 5;

/** Counted inside the EHR, so no value leaves it; null if the contract lacks one of the keys. */
export async function countSameKeys(session: EhrSession, { all }: CheckedContract): Promise<SameKeys | null> {
  const groups = await session.sameKeys(all, shown);
  if (groups === null) return null;
  return {
    patients: Number(groups[0]?.patients ?? 0),
    pairs: Number(groups[0]?.pairs ?? 0),
    examples: groups.map(({ ids = '[]' }) => JSON.parse(ids) as string[]),
  };
}

/** `1 7; 2 9`: each group of ids. */
export const examplesInWords = ({ examples }: SameKeys): string => examples.map((ids) => ids.join(' ')).join('; ');
