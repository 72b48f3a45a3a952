/**
 * An organisation's record in the Carequality directory: what a site says of it, and what is done about what it says. Once the
 * record is there, other participants find the organisation and ask it for documents.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../json.ts';

/** What a site says of its organisation, in one file for each. */
export interface Organization {
  readonly oid: string;
  readonly parentOid: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: string | null;
  /** Where inbound traffic goes, as Redox issued it; another thing than the destination of the message. */
  readonly destinationId: string | null;
  readonly contacts: readonly Contact[];
  readonly address: Address;
}

export interface Contact {
  readonly purpose: string;
  readonly name: string;
  readonly emailAddresses: readonly string[];
  readonly phone: Readonly<Record<'home' | 'mobile' | 'work', string | null>>;
}

interface Address {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly county: string | null;
  readonly country: string;
}

/** Redox's gateway: the parent of every organisation that answers through Redox, but for those below another one. */
export const gatewayOid = '2.16.840.1.113883.3.6147.458.2';

export const organizationActions = ['create', 'update', 'deactivate'] as const;
export type OrganizationAction = (typeof organizationActions)[number];

/** The events by which Redox is told of it. */
export type OrganizationEvent = 'New' | 'Update';

/** What the ledger knows the directory took last. */
export interface Registered {
  /** As it was sent, without `Active`. */
  readonly record: JsonObject;
  readonly active: boolean;
  readonly at: Date;
  /** False: a call since then had no certain answer. */
  readonly isCertain: boolean;
}

export type Decision =
  | { readonly kind: 'send'; readonly event: OrganizationEvent; readonly active: boolean }
  /** The directory has it so already. */
  | { readonly kind: 'nothing'; readonly because: string }
  | { readonly kind: 'refuse'; readonly because: string };

/**
 * What is to be sent. An update of what the ledger does not know is sent, for it may have been registered by other means; what
 * the ledger does not know for certain is sent again, for the whole record is in every message.
 */
export function decide(action: OrganizationAction, record: JsonObject, known: Registered | null): Decision {
  const since = known === null ? '' : `since ${known.at.toISOString()}`;
  switch (action) {
    case 'create':
      if (known === null) return { kind: 'send', event: 'New', active: true };
      return {
        kind: 'refuse',
        because: known.active
          ? `it is registered ${since}; \`organization update\` sends what changed`
          : `it was registered, and is deactivated ${since}; \`organization update\` brings it back`,
      };
    case 'update':
      if (known?.isCertain === true && known.active && changedFields(known.record, record).length === 0) {
        return { kind: 'nothing', because: `the directory has it as the file says ${since}` };
      }
      return { kind: 'send', event: 'Update', active: true };
    case 'deactivate':
      if (known?.isCertain === true && !known.active) {
        return { kind: 'nothing', because: `it is deactivated ${since}` };
      }
      return { kind: 'send', event: 'Update', active: false };
  }
}

/** The fields of a record, by Redox's names, in which two of them differ. */
export const changedFields = (before: JsonObject, after: JsonObject): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
