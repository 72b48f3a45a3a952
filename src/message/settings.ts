import type { ZipFormat } from '../values/contact/address.ts';

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
