/**
 * An organisation's record in the Carequality directory, and the decision what to send. Once the record exists, other
 * participants can find the organisation and query it for documents.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../json.ts';

/** A site's description of its organisation; one file holds one organisation. */
export interface Organization {
  readonly oid: string;
  readonly parentOid: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: string | null;
  /** The destination of inbound traffic, as issued by Redox; differs from the destination of this message. */
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

/**
 * Redox's gateway: the parent of every organisation that answers through Redox, except of those below another
 * organisation.
 */
export const gatewayOid = '2.16.840.1.113883.3.6147.458.2';

export const organizationActions = ['create', 'update', 'deactivate'] as const;
export type OrganizationAction = (typeof organizationActions)[number];

export type OrganizationEvent = 'New' | 'Update';

/** The record that the directory last accepted, according to the ledger. */
export interface Registered {
  /** As it was sent, without `Active`. */
  readonly record: JsonObject;
  readonly active: boolean;
  readonly at: Date;
  /** False: the outcome of a later call is unknown. */
  readonly isCertain: boolean;
}

export type Decision =
  | { readonly kind: 'send'; readonly event: OrganizationEvent; readonly active: boolean }
  /** The directory already has the record. */
  | { readonly kind: 'nothing'; readonly because: string }
  | { readonly kind: 'refuse'; readonly because: string };

/**
 * Decides what to send. An update is sent even where the ledger has no record, because the organisation may have been
 * registered by other means. An uncertain record is sent again, because every message holds the whole record.
 */
export function decide(action: OrganizationAction, record: JsonObject, known: Registered | null): Decision {
  const since = known === null ? '' : `since ${known.at.toISOString()}`;
  switch (action) {
    case 'create':
      if (known === null) return { kind: 'send', event: 'New', active: true };
      return {
        kind: 'refuse',
        because: known.active
          ? `it has been registered ${since}; \`organization update\` sends what changed`
          : `it was registered, and has been deactivated ${since}; \`organization update\` reactivates it`,
      };
    case 'update':
      if (known?.isCertain === true && known.active && changedFields(known.record, record).length === 0) {
        return { kind: 'nothing', because: `the directory has had the same record ${since}` };
      }
      return { kind: 'send', event: 'Update', active: true };
    case 'deactivate':
      if (known?.isCertain === true && !known.active) {
        return { kind: 'nothing', because: `it has been deactivated ${since}` };
      }
      return { kind: 'send', event: 'Update', active: false };
  }
}

export const changedFields = (before: JsonObject, after: JsonObject): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
