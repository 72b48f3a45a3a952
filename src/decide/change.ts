/**
 * How much an EHR has changed since Redox was last told, as the guard counts it: candidates that were neither owed nor known
 * before this run. What a run before left behind was looked at by that run's guard.
 */
import type { Entity } from '../contract/contract.ts';
import type { Decision } from './difference.ts';

/** What a row can do in a night. LARGE_CHANGE has one share for each. */
export const changes = ['changed', 'gone', 'new', 'merged', 'unmerged'] as const;
export type Change = (typeof changes)[number];

/** The largest share of what the ledger knows, from 0 to 1, that may do so without a person's word. */
export type ChangeLimits = Readonly<Record<Change, number>>;

/** What is counted: a change of an entity. Merges are counted against the patients, undone ones against the merges. */
export const figures = {
  patients_changed: { change: 'changed', of: 'patient' },
  patients_gone: { change: 'gone', of: 'patient' },
  patients_new: { change: 'new', of: 'patient' },
  patients_merged: { change: 'merged', of: 'patient' },
  patients_unmerged: { change: 'unmerged', of: 'merge' },
  encounters_changed: { change: 'changed', of: 'encounter' },
  encounters_gone: { change: 'gone', of: 'encounter' },
  encounters_new: { change: 'new', of: 'encounter' },
} as const satisfies Record<string, { readonly change: Change; readonly of: Entity }>;
export type Figure = keyof typeof figures;
export type ChangeCounts = Readonly<Record<Figure, number>>;

export const figureNames = Object.keys(figures) as Figure[];

export const noChanges = (): Record<Figure, number> => ({
  patients_changed: 0,
  patients_gone: 0,
  patients_new: 0,
  patients_merged: 0,
  patients_unmerged: 0,
  encounters_changed: 0,
  encounters_gone: 0,
  encounters_new: 0,
});

/**
 * Counts a row for which something is due. `presence`: what the ledger said of it at Redox. `approvedThrough`: the start of the
 * last run whose plan was looked at by the guard and went on to be sent; what is owed since then or earlier is nothing new.
 */
export function countChange(
  counts: Record<Figure, number>,
  entity: Entity,
  presence: string | null,
  { rowClass, isNew, calls }: Decision,
  approvedThrough: Date | null,
): void {
  // What the ledger itself is not certain of says nothing about the EHR.
  const isVoid = presence === 'uncertain' || (entity === 'merge' && presence === 'merge_uncertain');
  if (rowClass !== 'due' || isVoid) return;
  const isOwed = calls.some(
    ({ openSince }) => openSince !== null && approvedThrough !== null && openSince <= approvedThrough,
  );
  if (!isOwed) counts[figureOf(entity, presence, isNew)] += 1;
}

function figureOf(entity: Entity, presence: string | null, isNew: boolean): Figure {
  if (entity === 'merge') return 'patients_merged';
  if (entity === 'encounter') return presence === null ? 'encounters_new' : 'encounters_changed';
  // A live patient whom Redox has inside another one: the merge was undone.
  if (presence === 'merged' || presence === 'merge_uncertain') return 'patients_unmerged';
  return isNew && presence === null ? 'patients_new' : 'patients_changed';
}
