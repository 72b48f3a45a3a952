/**
 * Whether a merge was made at Redox, by a search for the retired patient's MRN. Redox documents no answer for it:
 *
 *   a patient with the survivor's MRN        merged
 *   a patient with the retired MRN alone     itself: the merge is lost, or Redox keeps retired records searchable
 *   nobody                                   hidden: merged, or Redox never had the patient
 *
 * So some merges of the site are looked at first: only answers that tell merged records from others are evidence of a lost one.
 */
import type { Search } from './search.ts';
import { hasIdentifier } from './same-patient.ts';

/** A record that was merged into the patient who is looked at. */
export interface MergedRecord {
  readonly retiredId: string;
  readonly mrn: string;
}

export type MergedLook = 'merged' | 'itself' | 'hidden' | 'unanswered';

export function lookAtMerged(
  search: Search,
  { mrn, survivorMrn, patientOid }: { readonly mrn: string; readonly survivorMrn: string; readonly patientOid: string },
): MergedLook {
  if (search.kind === 'unanswered') return 'unanswered';
  const { patients, isIncomplete } = search;
  if (patients.some((hit) => hasIdentifier(hit, survivorMrn, patientOid))) return 'merged';
  if (isIncomplete) return 'unanswered';
  if (patients.length === 0) return 'hidden';
  // Anyone else is no answer: the record may be inside a patient whose own merge is lost.
  return patients.some((hit) => hasIdentifier(hit, mrn, patientOid)) ? 'itself' : 'unanswered';
}

/**
 * True if these answers tell merges that were made from those that were not. Redox may hide nobody, and a hidden record may be one that it
 * never had: so at least half have to be hidden where none is shown as merged.
 */
export function showMerges(looks: readonly MergedLook[]): boolean {
  const count = (look: MergedLook): number => looks.filter((one) => one === look).length;
  return count('merged') > 0 || (count('hidden') > 0 && count('hidden') >= count('itself'));
}
