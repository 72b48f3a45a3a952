/** Every row is accounted for (decision 21): the counts of a run, and the assertion that they add up. */
import type { Entity } from '../contract/contract.ts';
import { entities } from '../contract/contract.ts';
import { type Decision, rowClasses, type RowClass } from './difference.ts';

/**
 * `read`: the rows that the source gave, and those that must still stand in lines that could not be read. Of the rows due: `new` ones Redox
 * was never told, `changed` ones it was, also where force alone sends them. `gone` are no rows any more.
 */
export type EntityCount = Record<RowClass | 'read' | 'new' | 'changed' | 'gone', number>;
export type RowCounts = Readonly<Record<Entity, EntityCount>>;

const zero = (): EntityCount => ({
  read: 0,
  unchanged: 0,
  due: 0,
  not_due: 0,
  invalid: 0,
  orphan: 0,
  held: 0,
  unread: 0,
  new: 0,
  changed: 0,
  gone: 0,
});

export const emptyRowCounts = (): RowCounts => ({ patient: zero(), merge: zero(), encounter: zero() });

/** Counts one decision. */
export function countDecision(count: EntityCount, decision: Decision): void {
  count[decision.rowClass] += 1;
  if (decision.rowClass === 'due') count[decision.isNew ? 'new' : 'changed'] += 1;
}

const sumOf = (count: EntityCount): number => rowClasses.reduce((total, rowClass) => total + count[rowClass], 0);

/** True where what became of each row that was read is known. */
export const isAccountedFor = (count: EntityCount): boolean => sumOf(count) === count.read;

/** Throws (a bug) where a row was lost or counted twice on its way from the scan to the plan. */
export function assertAccountedFor(counts: RowCounts): void {
  for (const entity of entities) {
    const count = counts[entity];
    const sum = sumOf(count);
    if (sum !== count.read) {
      throw new Error(
        `${entity} rows do not add up: ${count.read} read, ${sum} accounted for (${rowClasses.map((c) => `${c} ${count[c]}`).join(', ')})`,
      );
    }
  }
}
