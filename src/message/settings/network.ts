import type { Draft } from '../present.ts';

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

/**
 * `Meta.Extensions` of a PatientAdmin message. Redox's page on TEFCA and CommonWell requires them on every one of them;
 * on Carequality they belong to queries alone. That page could be read in part: it names sender, user and role, and the
 * other two are those of a query.
 */
export const extensionsOf = (network: Network, organizationOid: string): Draft =>
  network.name === 'carequality' ? undefined : userExtensions(network, organizationOid);

/** The five extensions. Treatment is the only purpose of use that Redox documents. */
export const userExtensions = (
  { organizationName, userId, userRole }: NetworkUser,
  organizationOid: string,
): Readonly<Record<string, Draft>> => ({
  'organization-name': { string: organizationName },
  'sender-organization-id': { string: organizationOid },
  'user-id': { string: userId },
  'user-role': { coding: { code: userRole.code, display: userRole.name } },
  'purpose-of-use': { coding: { code: 'TREATMENT', display: 'Treatment' } },
});
