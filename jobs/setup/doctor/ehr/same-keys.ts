import { DatabaseFault } from '../../../../src/fault.ts';
import type { ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import { countSameKeys, examplesInWords } from '../../../../src/ehr/read/same-keys.ts';
import { counted, inFull } from '../../../../src/plain-text.ts';
import type { EhrSession } from '../../../../src/ehr/engine.ts';
import { type Check, ok, skipped, warning } from '../check.ts';

const what = 'same keys';

/** Patients whom others cannot tell apart by first name, last name, birth date and ZIP; no line if the contract lacks one. */
export async function checkSameKeys(session: EhrSession, { contract }: ContractExamination): Promise<Check[]> {
  if (contract === null) return [skipped(what, 'because the contract does not fit.')];
  try {
    const same = await countSameKeys(session, contract);
    if (same === null) return [];
    const { patients, pairs } = same;
    if (pairs === 0) return [ok(what, 'No two patients share first name, last name, birth date and ZIP.')];
    const says = `${inFull(patients)} patients share first name, last name, birth date and ZIP with another (${counted(pairs, 'pair')}): ${examplesInWords(same)}.`;
    return [warning(what, says, 'Merge in the EHR those who are one person; a search finds none of such patients.')];
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    const why = error.isTimeout ? 'they were not counted within 20 s.' : error.message;
    return [skipped(what, `because ${why}`)];
  }
}
