import type { AuditedPatient, Listing } from '../../decide/audit/assess.ts';
import type { Search } from '../../decide/audit/search.ts';
import type { JsonObject } from '../../json.ts';

export type SoughtPatient = Pick<AuditedPatient, 'mrn' | 'sent'>;

/** What an audit asks Redox. A query that gets no answer is unanswered; one that is not allowed rejects with a RefusedFault. */
export interface Queries {
  byIdentifier(patient: SoughtPatient): Promise<Search>;
  /** Who has this MRN now; null where only demographics find anybody. */
  readonly byMrn: ((mrn: string) => Promise<Search>) | null;
  /** `keys`: the demographics of the key set alone, because any further field that differs hides the patient. */
  byKeys(keys: JsonObject): Promise<Search>;
  documentsOf(mrn: string): Promise<Listing>;
  /** The text of a listed document; null if it was not answered. */
  document(id: string): Promise<string | null>;
  /** Queries that have ended since the last call. */
  takeMade(): number;
  close(): Promise<void>;
}
