import type { Draft } from '../present.ts';

export const networks = ['carequality', 'tefca-commonwell'] as const;

/** The network through which Redox answers. */
export type Network =
  | { readonly name: 'carequality' }
  | {
      readonly name: 'tefca-commonwell';
      readonly organizationName: string;
      /** The person who answers for the messages, `Doolittle, John`. */
      readonly userId: string;
      /** SNOMED CT's code of a role, and its name: `112247003`, `Medical Doctor`. */
      readonly userRole: { readonly code: string; readonly name: string };
    };

/**
 * `Meta.Extensions` of a PatientAdmin message. Redox's page on TEFCA and CommonWell requires them on every one of them;
 * on Carequality they belong to queries alone. That page could be read in part: it names sender, user and role, and the
 * other two are those of a query.
 */
export const extensionsOf = (network: Network, organizationOid: string): Draft =>
  network.name === 'carequality'
    ? undefined
    : {
        'organization-name': { string: network.organizationName },
        'sender-organization-id': { string: organizationOid },
        'user-id': { string: network.userId },
        'user-role': { coding: { code: network.userRole.code, display: network.userRole.name } },
        'purpose-of-use': { coding: { code: 'TREATMENT', display: 'Treatment' } },
      };
