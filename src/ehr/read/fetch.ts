/** Reads the newest rows of a page by their ids, with their content, within a budget of text. */
import { TooMuchText } from '../../fault.ts';
import { type RawRow, type EhrSession, unreadable } from '../engine.ts';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import { canonicalColumns, contract, type EncounterRow, type PatientRow } from '../../contract/contract.ts';
import type { Finding } from '../../values/reading.ts';
import {
  keyOf,
  type CheckedContract,
  type FetchedEntity,
  type CheckedSection,
  type FetchedBesides,
  type CheckedQuery,
} from '../contract/contract-query.ts';
import { type Section, sectionColumns, type SectionRows } from '../../contract/section.ts';
import type { PatientDetails } from '../../contract/patient-details.ts';

/** Even an empty row takes memory. */
const rowItself = 200;

/** Limits the text of one fetch, in characters; the first row beyond it throws TooMuchText. */
export class FetchBudget {
  /** A row of more bytes stays in the EHR. */
  readonly most: number;
  #spent = 0;

  constructor(most: number) {
    this.most = most;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Returns the size of the row. `times`: the number of copies kept of its text. */
  take(row: RawRow, times = 1): number {
    let size = rowItself;
    for (const column in row) size += row[column]?.length ?? 0;
    this.#spent += size * times;
    if (this.#spent > this.most) throw new TooMuchText();
    return size;
  }

  /** The same, added to what its visit or patient has in `sizes`. */
  takeOf(sizes: Map<string, number>, id: string, row: RawRow): void {
    sizes.set(id, (sizes.get(id) ?? 0) + this.take(row));
  }
}

export const nullIfTooMuch = (error: unknown): null => {
  if (error instanceof TooMuchText) return null;
  throw error;
};

interface RowOf {
  readonly patient: PatientRow;
  readonly encounter: EncounterRow;
}

/** A row of the EHR at the time of the fetch. */
export interface FetchedRow<E extends FetchedEntity> {
  readonly row: RowOf[E];
  /** The canonical columns, so `updated_at` is left out. */
  readonly values: readonly (string | null)[];
  /** `values` as a line of COPY: the bytes of a scan's line after its first tab. */
  readonly line: string;
  /** The latest moment that `updated_at` can mean; null if unknown. */
  readonly updatedAt: Date | null;
  /** Findings about columns that its message leaves out. */
  readonly findings: readonly Finding[];
  /** Characters of its values. */
  readonly size: number;
}

/** Rows by key. Several rows under one key are a duplicate key; a missing key has no entry. */
export type Fetched<E extends FetchedEntity> = Map<string, FetchedRow<E>[]>;

export async function fetchRows<E extends FetchedEntity>(
  session: EhrSession,
  { all, byKey }: CheckedContract,
  entity: E,
  ids: readonly string[],
  budget = new FetchBudget(Infinity),
): Promise<Fetched<E>> {
  const key = keyOf(all[entity]);
  const keyType = all[entity].columns.get(key) ?? '';
  const asked = new Set(ids.filter((id) => session.types.canBeKey(keyType, id)));
  const found: Fetched<E> = new Map();
  if (asked.size === 0) return found;
  const query = byKey[entity];
  const remedy = `see that the table's key is indexed, or write ${entity}s_by_id.sql so that its index is used`;
  await session.fetch(query, { ids: [...asked], remedy, largestRow: budget.most }, (raw) => {
    const id = raw[key] ?? null;
    // A site's query or a case-insensitive collation may return other keys too.
    if (id === null || !asked.has(id)) return;
    // A row that lost a required column counts as gone; the next scan reports it as invalid.
    if (contract[entity].required.some((column) => (raw[column] ?? null) === null)) return;
    // Two copies: its values and its line.
    const row = fetchedRow(entity, raw, budget.take(raw, 2));
    const others = found.get(id) ?? [];
    // Identical rows count once.
    const isCopy = others.some(
      ({ line, updatedAt }) => line === row.line && updatedAt?.getTime() === row.updatedAt?.getTime(),
    );
    if (!isCopy) found.set(id, [...others, row]);
  });
  return found;
}

function fetchedRow<E extends FetchedEntity>(entity: E, raw: RawRow, size: number): FetchedRow<E> {
  const values = canonicalColumns[entity].map((column) => raw[column] ?? null);
  return {
    // Safe: the statement selects every column of the contract by name, and the required ones were just checked.
    row: raw as unknown as RowOf[E],
    values,
    line: encodeCopyLine(values),
    updatedAt: instantOf(raw['updated_at'] ?? null),
    findings: raw[unreadable] === 't' ? [{ column: 'updated_at', problem: 'malformed' }] : [],
    size,
  };
}

/** Parses `2026-03-01 12:00:00.123456+00`, the only form of an instant of our time in a session pinned to UTC. */
function instantOf(text: string | null): Date | null {
  const instant = new Date(text === null ? Number.NaN : text.replace(' ', 'T').replace(/\+00$/, 'Z'));
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** A query of content that belongs to visits or patients. */
interface Question {
  readonly part: Section | keyof PatientDetails;
  readonly query: FetchedBesides;
  readonly columns: readonly string[];
}

/** Queries all visits or patients at once, one statement per file. `sizes` takes in the characters of each. */
async function fetchContent(
  session: EhrSession,
  questions: readonly Question[],
  ids: readonly string[],
  budget: FetchBudget,
  sizes: Map<string, number>,
): Promise<Map<string, Record<string, RawRow[]>>> {
  // The ids come from rows just fetched, so a site may cast them to its own type. Rows of others are skipped.
  const found = new Map<string, Record<string, RawRow[]>>();
  if (ids.length === 0) return found;
  const asked = new Set(ids);
  for (const { part, query, columns } of questions) {
    await session.fetch(query, { ids, remedy: indexRemedy(query.key), largestRow: budget.most }, (raw) => {
      const id = raw[query.key] ?? null;
      if (id === null || !asked.has(id)) return;
      budget.takeOf(sizes, id, raw);
      const gathered = found.get(id) ?? {};
      (gathered[part] ??= []).push(wholeRow(columns, raw));
      found.set(id, gathered);
    });
  }
  return found;
}

/** Each statement selects columns of its own file alone. */
function wholeRow(columns: readonly string[], raw: RawRow): RawRow {
  const row: Record<string, string | null> = {};
  for (const column of columns) row[column] = raw[column] ?? null;
  return row;
}

/** The clinical content by id of the visit or patient. An id without content is absent. The caller deletes each entry after use. */
export type FetchedSections = Map<string, SectionRows>;

export const fetchSections = (
  session: EhrSession,
  sections: readonly CheckedSection[],
  ids: readonly string[],
  budget: FetchBudget,
  sizes = new Map<string, number>(),
): Promise<FetchedSections> => {
  const questions = sections.map((query) => ({ part: query.section, query, columns: sectionColumns(query.section) }));
  return fetchContent(session, questions, ids, budget, sizes);
};

/** By patient, for those that have any. */
export type FetchedDetails = ReadonlyMap<string, PatientDetails>;

/** What belongs to patients and goes into their own messages. */
export const fetchDetails = (
  session: EhrSession,
  contract: CheckedContract,
  patientIds: readonly string[],
  budget: FetchBudget,
  sizes = new Map<string, number>(),
): Promise<FetchedDetails> => fetchContent(session, questionsOf(contract), patientIds, budget, sizes);

const questionsOf = ({ identifiers, summary }: CheckedContract): readonly Question[] => [
  ...(identifiers === null ? [] : [{ part: 'identifiers', query: identifiers, columns: identifiers.known } as const]),
  ...(['care_team', 'insurances'] as const).flatMap((part) =>
    summary.filter(({ section }) => section === part).map((query) => ({ part, query, columns: sectionColumns(part) })),
  ),
];

/** The warning about query plans uses it too. */
export const indexRemedy = (key: CheckedSection['key']): string =>
  `compare the table's own column of the ${key === 'patient_id' ? 'patient' : 'visit'} with $1 (cast $1, not the column) and see that it is indexed`;

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
