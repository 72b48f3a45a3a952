import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import { canonicalColumns, contract, type EncounterRow, type PatientRow } from '../../contract/contract.ts';
import type { Finding } from '../../values/finding.ts';
import { type EhrSession, type RawRow, unreadable } from '../engine.ts';
import { keyOf, type CheckedContract, type FetchedEntity } from '../contract/contract-query.ts';
import { type FetchBudget, unlimited } from './fetch-budget.ts';

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
  budget: FetchBudget = unlimited(),
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
