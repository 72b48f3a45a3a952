/** The result of a call, and what it shows about its row. */
import type { Attempt, CallState } from '../../decide/call.ts';
import type { Subject } from '../../contract/contract.ts';
import type { FieldGroup } from '../../message/fingerprint/field-group.ts';
import type { MatchFault } from '../../message/fingerprint/findability.ts';
import type { Finding } from '../../values/reading.ts';
import type { Fingerprint } from '../../message/fingerprint/fingerprint.ts';
import type { Objection } from '../../message/objection.ts';

/** A row as Redox rejected it, with its patient, to recognise it if it is unchanged. */
export interface RefusedRow {
  /** For a merge, the retired patient's row; null if that row was gone. For a summary, its message. */
  readonly rowFingerprint: Fingerprint | null;
  readonly patientFingerprint: Fingerprint;
  readonly builderVersion: number;
}

/** What Redox now holds, where that is certain. */
export interface Synced {
  /** Null of a summary, which has no row of its own. */
  readonly rowFingerprint: Fingerprint | null;
  readonly messageFingerprint: Fingerprint;
  /** Null of a summary. */
  readonly groupFingerprints: string | null;
  readonly builderVersion: number;
  /** The match keys that are missing or malformed now; null for a visit. */
  readonly matchFaults: readonly MatchFault[] | null;
  /** Bits of the columns of the patient's row that were understood; null for a visit. */
  readonly understood: number | null;
  /** True if the message says that the patient has died; null if it does not mention death, and for a visit. */
  readonly death: boolean | null;
  /** How many rows each section has; for a patient, each file of its own messages. Null: unknown. */
  readonly sectionRows: readonly number[] | null;
  /** Digests of these rows, section by section. Null: unknown. */
  readonly sectionDigests: readonly number[] | null;
}

export interface CallResult {
  readonly callId: number;
  readonly entity: Subject;
  readonly entityId: string;
  readonly patientId: string;
  /** `planned`: put back, because a stop came before the first byte left. */
  readonly state: Exclude<CallState, 'sending'>;
  /** From a closed list; null if the state is enough. */
  readonly reason: string | null;
  /** The call stays owed: a later run plans it again. */
  readonly stillOpen: boolean;
  readonly attempts: readonly Attempt[];
  readonly finishedAt: Date;
  /** The MRN that a NewPatient named; null for other events. */
  readonly mrn: string | null;
  /** The MRNs that a PatientMerge retired. */
  readonly formerMrns: readonly string[];
  /** Patient of a visit's row in the EHR; null for other entities. */
  readonly rowPatientId: string | null;
  readonly synced: Synced | null;
  /** Null unless it was rejected. */
  readonly refused: RefusedRow | null;
  /** The field groups of the row that changed; null if unknown. */
  readonly changedGroups: readonly FieldGroup[] | null;
  readonly findings: readonly Finding[];
  /** Why its message stayed unsent; null if it was sent, or if there was none. */
  readonly objection: Objection | null;
}
