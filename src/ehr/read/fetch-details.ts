import type { PatientDetails } from '../../contract/patient-details.ts';
import { sectionColumns } from '../../contract/section.ts';
import type { CheckedContract, FetchedBesides } from '../contract/contract-query.ts';
import type { EhrSession, RawRow } from '../engine.ts';
import type { FetchBudget } from './fetch-budget.ts';
import { indexRemedy } from './fetch-sections.ts';

/** By patient, for those that have any. */
export type FetchedDetails = ReadonlyMap<string, PatientDetails>;

interface Question {
  readonly part: keyof PatientDetails;
  readonly query: FetchedBesides;
  readonly columns: readonly string[];
}

/** What belongs to patients and goes into their own messages; one statement for each file that the contract has. `sizes`: as of `fetchSections`. */
export async function fetchDetails(
  session: EhrSession,
  contract: CheckedContract,
  patientIds: readonly string[],
  budget: FetchBudget,
  sizes = new Map<string, number>(),
): Promise<FetchedDetails> {
  const found = new Map<string, Record<string, RawRow[]>>();
  if (patientIds.length === 0) return new Map();
  const asked = new Set(patientIds);
  for (const { part, query, columns } of questionsOf(contract)) {
    const blank = Object.fromEntries(columns.map((column) => [column, null]));
    const question = { ids: patientIds, remedy: indexRemedy('patient_id'), largestRow: budget.most };
    await session.fetch(query, question, (raw) => {
      const id = raw['patient_id'] ?? null;
      if (id === null || !asked.has(id)) return;
      budget.takeOf(sizes, id, raw);
      const gathered = found.get(id) ?? {};
      (gathered[part] ??= []).push({ ...blank, ...raw });
      found.set(id, gathered);
    });
  }
  // Each statement selects columns of its own file; `blank` adds the others.
  return found;
}

export const questionsOf = ({ identifiers, summary }: CheckedContract): readonly Question[] => [
  ...(identifiers === null ? [] : [{ part: 'identifiers', query: identifiers, columns: identifiers.known } as const]),
  ...(['care_team', 'insurances'] as const).flatMap((part) =>
    summary.filter(({ section }) => section === part).map((query) => ({ part, query, columns: sectionColumns(part) })),
  ),
];
