/** Counts the rows of a run and asserts that every row is accounted for (decision 21). */
import type { Entity } from '../contract/contract.ts';
import { subjects } from '../contract/contract.ts';
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
