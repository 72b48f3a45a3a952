import type { Session } from '../../postgres/session.ts';
import { ask } from './ask.ts';
import { sizeText } from '../contract/compose.ts';
import {
  type CheckedContract,
  type CheckedIdentifiers,
  type CheckedQuery,
  type CheckedSection,
  keyOf,
} from '../contract/contract-query.ts';
import { indexRemedy } from './fetch-sections.ts';
import { keyTypeOf } from '../contract/key-type.ts';

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
  session: Session,
  { byKey, sections, summary, identifiers }: CheckedContract,
  { patientIds, encounterIds, summaryIds, detailIds }: PageIds,
): Promise<readonly FileSize[]> {
  const found: FileSize[] = [];
  const count = async (
    query: CheckedQuery | CheckedSection | CheckedIdentifiers,
    ids: readonly string[],
  ): Promise<void> => {
    if (ids.length === 0) return;
    // Statements are prepared by name, so this one has its own.
    const named = { ...query, file: `${query.file} (its size)` };
    const question = { query: named, text: sizeText(query), ids, remedy: indexRemedy('encounter_id') };
    await ask(session, question, ({ bytes }) => found.push({ file: query.file, bytes: Number(bytes) }));
  };
  const keysOf = (query: CheckedQuery, ids: readonly string[]): string[] =>
    ids.filter(keyTypeOf(query.columns.get(keyOf(query)) ?? '').canBe);
  await count(byKey.patient, keysOf(byKey.patient, patientIds));
  await count(byKey.encounter, keysOf(byKey.encounter, encounterIds));
  for (const section of sections) await count(section, encounterIds);
  for (const section of summary) await count(section, summaryIds);
  if (identifiers !== null) await count(identifiers, detailIds);
  return found.toSorted((one, other) => other.bytes - one.bytes);
}
