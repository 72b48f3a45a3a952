/**
 * The rows of a scan. The server gets bounds in a column's own type, so that its index is usable; they are wide enough for every zone. The
 * exact choice is made here, row by row.
 */
import { requiredUpdatedAt, requireVisitTimes } from '../contract/composed-query.ts';
import type { CheckedQuery } from '../contract/contract-query.ts';
import type { Selection } from '../read/selection.ts';
import { momentOf } from './instant.ts';

export interface Window {
  /** The WHERE clause, with `?` for its values. */
  readonly where: string;
  readonly values: readonly string[];
  /** Whether a row is selected: its instant of change (null if unknown), and a column by its name. Null if each row is. */
  readonly holds: ((instant: string | null, column: (name: string) => string | null) => boolean) | null;
}

const everything: Window = { where: '', values: [], holds: null };

const hourMs = 60 * 60 * 1000;
/** Farther than any zone is from UTC, and than a date from its end. */
const marginMs = 40 * hourMs;
/** An instant of MySQL is exact; its bounds are in whole seconds. */
const secondMs = 1000;

const printed = (ms: number): string => {
  const earliest = Date.parse('1000-01-02T00:00:00Z');
  return new Date(Math.max(ms, earliest)).toISOString().slice(0, 19).replace('T', ' ');
};

const isTyped = (type: string | undefined): boolean => type === 'timestamp' || type === 'datetime' || type === 'date';
const marginOf = (type: string | undefined): number => (type === 'timestamp' ? secondMs : marginMs);

export function windowFor(query: CheckedQuery, selection: Selection, zone: string): Window {
  switch (selection.kind) {
    case 'all':
      return everything;
    case 'updated':
      return updatedSince(query, selection.since);
    case 'updated_between':
      return updatedBetween(query, selection);
    case 'active_between':
      return query.entity === 'merge' ? mergedBetween(query, selection, zone) : overlapping(query, selection, zone);
  }
}

/** A row with an unreadable, null or far future `updated_at` may have changed since. */
function updatedSince(query: CheckedQuery, since: Date): Window {
  const type = requiredUpdatedAt(query);
  const bound = printed(since.getTime() - marginOf(type));
  const where = isTyped(type)
    ? "WHERE contract.updated_at >= ? OR contract.updated_at IS NULL OR contract.updated_at < '1000-01-01'"
    : '';
  return {
    where,
    values: where === '' ? [] : [bound],
    holds: (instant) => instant === null || parsed(instant) >= since.getTime(),
  };
}

function updatedBetween(query: CheckedQuery, { from, to }: { readonly from: Date; readonly to: Date }): Window {
  const type = requiredUpdatedAt(query);
  const bounds = [printed(from.getTime() - marginOf(type)), printed(to.getTime() + marginOf(type))];
  const where = isTyped(type) ? 'WHERE contract.updated_at BETWEEN ? AND ?' : '';
  return {
    where,
    values: where === '' ? [] : bounds,
    holds: (instant) => instant !== null && isWithin(parsed(instant), from, to),
  };
}

const isWithin = (ms: number, from: Date, to: Date): boolean => ms >= from.getTime() && ms < to.getTime();

/** `2026-03-01 12:00:00.5+00` of `latestInstant`. */
const parsed = (instant: string): number => Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, -3)}Z`);

type Between = Extract<Selection, { readonly kind: 'active_between' }>;

/** Only a contract with `merged_at` can select the merges made in the window. */
function mergedBetween({ columns }: CheckedQuery, { from, to }: Between, zone: string): Window {
  if (!columns.has('merged_at')) return { where: 'WHERE false', values: [], holds: () => false };
  return {
    ...everything,
    holds: (_, column) => {
      const merged = momentOf(column('merged_at'), zone, 'first');
      return merged !== null && isWithin(merged, from, to);
    },
  };
}

/**
 * Visits that overlap the window. A visit with only one known time is that moment, but a planned or open visit continues until its end is
 * known.
 */
function overlapping(query: CheckedQuery, { from, to }: Between, zone: string): Window {
  requireVisitTimes(query);
  const { columns } = query;
  const isBounded = isTyped(columns.get('started_at'));
  return {
    where: isBounded ? 'WHERE contract.started_at < ? OR contract.started_at IS NULL' : '',
    values: isBounded ? [printed(to.getTime() + marginOf(columns.get('started_at')))] : [],
    holds: (_, column) => {
      const start = momentOf(column('started_at'), zone, 'first');
      const end = momentOf(column('ended_at'), zone, 'last');
      const goesOn = /^(?:planned|open)$/.test(column('status') ?? '') ? Infinity : null;
      const begin = start ?? end;
      if (begin === null || begin >= to.getTime()) return false;
      return (end ?? goesOn ?? begin) > from.getTime() || begin >= from.getTime();
    },
  };
}
