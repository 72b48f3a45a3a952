import type { Entity } from '../../contract/contract.ts';
import type { Section } from '../../contract/section.ts';

/**
 * What could not be read of a source, as far as it concerns rows that are not there: of an entity, some line whose key nobody knows;
 * of a section, some line whose visit nobody knows. A row that is missing from such a source may well be in it.
 */
export interface Damage extends Readonly<Record<Entity, boolean>> {
  readonly sections: readonly Section[];
}

export const noDamage: Damage = { patient: false, merge: false, encounter: false, sections: [] };

/** The faults of rows that the source holds and that could not be read: such a row is neither invalid nor gone, it is unread. */
const unreadFaults: ReadonlySet<string> = new Set(['damaged', 'merge_unread', 'survivor_unread', 'section_unread']);

export const isUnread = (fault: string): boolean => unreadFaults.has(fault);
