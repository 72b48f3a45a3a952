import type { Calendar } from '../values/time/event-time.ts';
import type { Finding } from '../values/finding.ts';
import type { JsonObject } from '../json.ts';

/** What a message needs beside the rows: fixed for a run, and the same on every machine. */
export interface MessageContext extends Calendar {
  /** `Meta.Test`: true outside production. */
  readonly test: boolean;
  /** Redox wants it only where an environment has more than one source. */
  readonly sourceId: string | null;
  /** The organisation's own repository. */
  readonly destinationId: string;
  /** `IDType` of every patient identifier: it links a message to the repository's record. */
  readonly patientOid: string;
  /** Namespace of `Header.Document.ID`. */
  readonly documentOid: string;
  readonly organizationOid: string;
  /** What stands in `Header.Document.Type`: Redox's guide says the code, its samples the name. */
  readonly documentType: 'code' | 'name';
}

export interface Built {
  /** Everything but `Meta.EventDateTime`, which comes from the clock when the message leaves. */
  readonly message: JsonObject;
  readonly findings: readonly Finding[];
  /**
   * Whether Redox takes the patient for dead once it has this message; where the message says nothing about death, what it was told
   * before.
   */
  readonly saysDead: boolean;
}
