/**
 * Counts the rows of a run, and asserts that every row is accounted for (decision 21). For the guard, it counts how much the EHR has
 * changed: the rows that first became due in this run, because rows left over from an earlier run already passed that run's guard.
 */
import { type Entity, type Subject, subjects } from '../contract/contract.ts';
import { type Decision, rowClasses, type RowClass } from './difference.ts';

/**
 * `read`: the rows that the source returned, plus those that must be in unreadable lines. Of the due rows, `new` are
 * unknown to Redox and `changed` were sent before, even where only force sends them again. `gone` counts rows that have
 * disappeared.
 */
export type EntityCount = Record<RowClass | 'read' | 'new' | 'changed' | 'gone', number>;
export type RowCounts = Readonly<Record<Entity, EntityCount>> & {
  /** The summaries that the plan looked at; absent without summary/ in the contract. */
  readonly summary?: EntityCount;
};

export const noRows = (): EntityCount => ({
  read: 0,
  unchanged: 0,
  due: 0,
  waiting: 0,
  not_due: 0,
  invalid: 0,
  orphan: 0,
  held: 0,
  unread: 0,
  new: 0,
  changed: 0,
  gone: 0,
});

export const emptyRowCounts = (): RowCounts => ({ patient: noRows(), merge: noRows(), encounter: noRows() });

/** `rows`: how many rows it stands for. */
export function countDecision(count: EntityCount, decision: Decision, rows = 1): void {
  count[decision.rowClass] += rows;
  if (decision.rowClass === 'due') count[decision.isNew ? 'new' : 'changed'] += rows;
}

const sumOf = (count: EntityCount): number => rowClasses.reduce((total, rowClass) => total + count[rowClass], 0);

export const isAccountedFor = (count: EntityCount): boolean => sumOf(count) === count.read;

/** Throws (a bug) where a row was lost or counted twice between the scan and the plan. */
export function assertAccountedFor(counts: RowCounts): void {
  for (const entity of subjects) {
    const count = counts[entity];
    if (count === undefined) continue;
    const sum = sumOf(count);
    if (sum !== count.read) {
      throw new Error(
        `${entity} rows do not add up: ${count.read} read, ${sum} accounted for (${rowClasses.map((c) => `${c} ${count[c]}`).join(', ')})`,
      );
    }
  }
}

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
