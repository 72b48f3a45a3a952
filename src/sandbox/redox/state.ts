import type { StoredOrganization } from './directory.ts';
import type { StoredDocument, StoredPatient } from './repository.ts';

export interface State {
  /** By identifier under the patient OID, including retired patients with `mergedInto`. */
  readonly patients: ReadonlyMap<string, StoredPatient>;
  /** By `Header.Document.ID`. */
  readonly documents: ReadonlyMap<string, StoredDocument>;
  readonly organizations: ReadonlyMap<string, StoredOrganization>;
}

interface StateCounts {
  /** Live patients; retired ones are counted separately. */
  readonly patients: number;
  readonly retired: number;
  readonly documents: number;
  readonly organizations: number;
}

export function countsOf(state: State): StateCounts {
  let retired = 0;
  for (const { mergedInto } of state.patients.values()) retired += mergedInto === null ? 0 : 1;
  return {
    patients: state.patients.size - retired,
    retired,
    documents: state.documents.size,
    organizations: state.organizations.size,
  };
}

export const plainState = (state: State): Record<keyof State, object> => ({
  patients: Object.fromEntries(state.patients),
  documents: Object.fromEntries(state.documents),
  organizations: Object.fromEntries(state.organizations),
});
