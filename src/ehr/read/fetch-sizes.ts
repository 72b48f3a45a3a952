import { type CheckedContract, type CheckedQuery, type FetchedBesides, keyOf } from '../contract/contract-query.ts';
import type { EhrSession } from '../engine.ts';
import { questionsOf } from './fetch-details.ts';
import { indexRemedy } from './fetch-sections.ts';

/** Bytes of text from one file of the contract. */
export interface FileSize {
  readonly file: string;
  readonly bytes: number;
}

/** The rows of a page. `summaryIds`: patients whose summaries are to be made. */
export interface PageIds {
  readonly patientIds: readonly string[];
  readonly encounterIds: readonly string[];
  readonly summaryIds: readonly string[];
  /** Patients whose own messages are to be made. */
  readonly detailIds: readonly string[];
}

/** Bytes per file of the contract for these rows, largest first; the rows themselves stay in the EHR. */
export async function fetchSizes(
  session: EhrSession,
  contract: CheckedContract,
  { patientIds, encounterIds, summaryIds, detailIds }: PageIds,
): Promise<readonly FileSize[]> {
  const { byKey, sections, summary } = contract;
  const found: FileSize[] = [];
  const count = async (query: CheckedQuery | FetchedBesides, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    found.push({ file: query.file, bytes: await session.size(query, ids, indexRemedy('encounter_id')) });
  };
  const keysOf = (query: CheckedQuery, ids: readonly string[]): string[] =>
    ids.filter((id) => session.types.canBeKey(query.columns.get(keyOf(query)) ?? '', id));
  await count(byKey.patient, keysOf(byKey.patient, patientIds));
  await count(byKey.encounter, keysOf(byKey.encounter, encounterIds));
  for (const section of sections) await count(section, encounterIds);
  for (const section of summary) await count(section, summaryIds);
  for (const { query } of questionsOf(contract)) await count(query, detailIds);
  return found.toSorted((one, other) => other.bytes - one.bytes);
}
