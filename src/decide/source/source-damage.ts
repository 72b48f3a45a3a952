import type { Entity } from '../../contract/contract.ts';
import type { PatientDetail } from '../../contract/patient-details.ts';
import type { Section } from '../../contract/section.ts';

/**
 * Whether missing rows may be hidden in unreadable lines. True for an entity with an unreadable line of unknown key;
 * `sections` lists the sections with an unreadable line of unknown visit, `summary` those of the patients' summaries, `details` those of
 * the patients' own messages.
 */
export interface Damage extends Readonly<Record<Entity, boolean>> {
  readonly sections: readonly Section[];
  readonly summary: readonly Section[];
  readonly details: readonly PatientDetail[];
}

/** Faults of rows that exist in the source but could not be read. Such a row is unread, rather than invalid or gone. */
const unreadFaults: ReadonlySet<string> = new Set(['damaged', 'merge_unread', 'survivor_unread', 'section_unread']);

export const isUnread = (fault: string): boolean => unreadFaults.has(fault);
