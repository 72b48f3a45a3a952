/**
 * Counts how much the EHR has changed, for the guard. It counts rows that first became due in this run; rows left
 * over from an earlier run already passed that run's guard.
 */
import type { Entity, Subject } from '../contract/contract.ts';
import type { Decision } from './difference.ts';

/** How a row can change. LARGE_CHANGE sets one limit for each. */
export const changes = ['changed', 'gone', 'new', 'merged', 'unmerged'] as const;
export type Change = (typeof changes)[number];

/** The largest share of the ledger's rows, from 0 to 1, that may change so without a person's approval. */
export type ChangeLimits = Readonly<Record<Change, number>>;

/** Each figure counts a change of an entity. Merges and summaries are counted against the patients, undone merges against the merges. */
export const figures = {
  patients_changed: { change: 'changed', of: 'patient' },
  patients_gone: { change: 'gone', of: 'patient' },
  patients_new: { change: 'new', of: 'patient' },
  patients_merged: { change: 'merged', of: 'patient' },
  patients_unmerged: { change: 'unmerged', of: 'merge' },
  encounters_changed: { change: 'changed', of: 'encounter' },
  encounters_gone: { change: 'gone', of: 'encounter' },
  encounters_new: { change: 'new', of: 'encounter' },
  summaries_new: { change: 'new', of: 'patient' },
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
  summaries_new: 0,
});

/**
 * Counts a row that is due. `presence`: its presence at Redox in the ledger. `approvedThrough`: the start of the last
 * run with an approved plan that was sent; rows owed since then or earlier were counted before. `rows`: how many rows the
 * decision stands for.
 */
export function countChange(
  counts: Record<Figure, number>,
  entity: Subject,
  presence: string | null,
  { rowClass, isNew, calls }: Decision,
  approvedThrough: Date | null,
  rows = 1,
): void {
  // Void rows are uncertain in the ledger, so they say nothing about the EHR.
  const isVoid = presence === 'uncertain' || (entity === 'merge' && presence === 'merge_uncertain');
  if (rowClass !== 'due' || isVoid) return;
  const isOwed = calls.some(
    ({ openSince }) => openSince !== null && approvedThrough !== null && openSince <= approvedThrough,
  );
  // A summary that Redox has changes with the rows that are counted by themselves.
  if (isOwed || (entity === 'summary' && presence !== null)) return;
  counts[figureOf(entity, presence, isNew)] += rows;
}

function figureOf(entity: Subject, presence: string | null, isNew: boolean): Figure {
  if (entity === 'summary') return 'summaries_new';
  if (entity === 'merge') return 'patients_merged';
  if (entity === 'encounter') return presence === null ? 'encounters_new' : 'encounters_changed';
  // The patient is live but merged into another one at Redox, so the merge was undone.
  if (presence === 'merged' || presence === 'merge_uncertain') return 'patients_unmerged';
  return isNew && presence === null ? 'patients_new' : 'patients_changed';
}
