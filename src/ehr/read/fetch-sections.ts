import { sectionColumns, type SectionRows } from '../../contract/section.ts';
import type { CheckedSection } from '../contract/contract-query.ts';
import type { EhrSession, RawRow } from '../engine.ts';
import { type FetchBudget, unlimited } from './fetch-budget.ts';

/** The clinical content by id of the visit or patient. An id without content is absent. The caller deletes each entry after use. */
export type FetchedSections = Map<string, SectionRows>;

/** Queries all visits or patients at once, one statement per section. `sizes` takes in the characters of each. */
export async function fetchSections(
  session: EhrSession,
  sections: readonly CheckedSection[],
  ids: readonly string[],
  budget: FetchBudget = unlimited(),
  sizes = new Map<string, number>(),
): Promise<FetchedSections> {
  // The ids come from rows just fetched, so a site may cast them to its own type. Rows of others are skipped.
  const found = new Map<string, Record<string, RawRow[]>>();
  if (ids.length === 0) return new Map();
  const asked = new Set(ids);
  for (const query of sections) {
    const blank = Object.fromEntries(sectionColumns(query.section).map((column) => [column, null]));
    const question = { ids, remedy: indexRemedy(query.key), largestRow: budget.most };
    await session.fetch(query, question, (raw) => {
      const id = raw[query.key] ?? null;
      if (id === null || !asked.has(id)) return;
      budget.takeOf(sizes, id, raw);
      const gathered = found.get(id) ?? {};
      (gathered[query.section] ??= []).push({ ...blank, ...raw });
      found.set(id, gathered);
    });
  }
  // Each statement selects columns of its own section; `blank` adds the others.
  return found;
}

/** The warning about query plans uses it too. */
export const indexRemedy = (key: CheckedSection['key']): string =>
  `compare the table's own column of the ${key === 'patient_id' ? 'patient' : 'visit'} with $1 (cast $1, not the column) and see that it is indexed`;
