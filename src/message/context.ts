import type { Calendar } from '../values/time/event-time.ts';
import type { Finding } from '../values/reading.ts';
import type { JsonObject } from '../json.ts';
import type { Organization } from '../directory/organization.ts';
import type { ZipFormat } from '../values/contact/address.ts';

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

/** Who receives social security numbers: nobody, the patient index alone, or every reader of a document too. */
export const sendSsnWords = ['patients', 'everywhere', 'never'] as const;

/** Settings that change messages without a change of the row: another value makes candidates (`builder-version.ts`). */
export interface MessageSettings {
  readonly sendSsn: (typeof sendSsnWords)[number];
  /** Of US addresses. */
  readonly zipFormat: ZipFormat;
  readonly network: Network;
  /** Which of them `Header.Document.Type` holds: the code in Redox's guide, the name in its samples. */
  readonly documentType: 'code' | 'name';
}

export const networks = ['carequality', 'tefca-commonwell'] as const;

/** Who answers for a message or asks a question. */
export interface NetworkUser {
  readonly organizationName: string;
  /** A person, `Doolittle, John`. */
  readonly userId: string;
  /** SNOMED CT's code of a role, and its name: `112247003`, `Medical Doctor`. */
  readonly userRole: { readonly code: string; readonly name: string };
}

/** The network through which Redox answers. */
export type Network = { readonly name: 'carequality' } | ({ readonly name: 'tefca-commonwell' } & NetworkUser);
