import type { Calendar } from '../values/time/event-time.ts';
import type { Finding } from '../values/reading.ts';
import type { JsonObject } from '../json.ts';
import type { Organization } from '../directory/organization.ts';
import type { MessageSettings } from './settings.ts';

/** Settings that messages need besides the rows: fixed for a run, and the same on every machine. */
export interface MessageContext extends Calendar, MessageSettings {
  /** `Meta.Test`: true outside production. */
  readonly test: boolean;
  /** Redox needs it only where an environment has several sources. */
  readonly sourceId: string | null;
  /** The organisation's own repository. */
  readonly destinationId: string;
  /** `IDType` of every patient identifier: it links a message to the repository's record. */
  readonly patientOid: string;
  /** Namespace of `Header.Document.ID`. */
  readonly documentOid: string;
  readonly organizationOid: string;
  /** The organisation as the site describes it; null if it does not. */
  readonly sender: Organization | null;
}

export interface Built {
  /** The message before `Meta.EventDateTime` is added, at the moment of sending. */
  readonly message: JsonObject;
  readonly findings: readonly Finding[];
  /** Whether Redox records the patient as dead after this message; unchanged where the message does not mention death. */
  readonly saysDead: boolean;
}
