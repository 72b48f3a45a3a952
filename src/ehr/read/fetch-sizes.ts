import type { Session } from '../../postgres/session.ts';
import { ask } from './ask.ts';
import { sizeText } from '../contract/compose.ts';
import { type CheckedContract, type CheckedQuery, type CheckedSection, keyOf } from '../contract/contract-query.ts';
import { indexRemedy } from './fetch-sections.ts';
import { keyTypeOf } from '../contract/key-type.ts';

/** How much text a file of the contract gives. */
export interface FileSize {
  readonly file: string;
  readonly bytes: number;
}

interface Rows {
  readonly patientIds: readonly string[];
  readonly encounterIds: readonly string[];
}

/** How many bytes each file of the contract gives for these rows, the most first. Nothing of them is read. */
export async function fetchSizes(
  session: Session,
  { byKey, sections }: CheckedContract,
  { patientIds, encounterIds }: Rows,
): Promise<readonly FileSize[]> {
  const found: FileSize[] = [];
  const count = async (query: CheckedQuery | CheckedSection, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    // Its own file beside the fetch's: a statement is prepared by its name.
    const named = { ...query, file: `${query.file} (its size)` };
    const question = { query: named, text: sizeText(query), ids, remedy: indexRemedy };
    await ask(session, question, ({ bytes }) => found.push({ file: query.file, bytes: Number(bytes) }));
  };
  const keysOf = (query: CheckedQuery, ids: readonly string[]): string[] =>
    ids.filter(keyTypeOf(query.columns.get(keyOf(query)) ?? '').canBe);
  await count(byKey.patient, keysOf(byKey.patient, patientIds));
  await count(byKey.encounter, keysOf(byKey.encounter, encounterIds));
  for (const section of sections) await count(section, encounterIds);
  return found.toSorted((one, other) => other.bytes - one.bytes);
}
