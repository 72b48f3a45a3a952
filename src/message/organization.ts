import type { JsonObject } from '../json.ts';
import type { Contact, Organization, OrganizationEvent } from '../directory/organization.ts';
import { present, type Draft } from './parts.ts';

interface OrganizationContext {
  readonly environment: 'development' | 'staging' | 'production';
  readonly sourceId: string | null;
}

/**
 * The directory's destinations, the same for every customer (Redox, "Create and maintain an organization record").
 * Production has its own directory. Older copies of that page list the first id for staging, newer ones for
 * development.
 */
const directoryDestinationIds = {
  development: 'a07afe3b-d247-4415-827f-6837707e1b8b',
  staging: 'a07afe3b-d247-4415-827f-6837707e1b8b',
  production: '5d0fd248-6c52-4ad9-b907-ae10bf2dcc39',
} as const satisfies Record<OrganizationContext['environment'], string>;

export const directoryDestinationId = ({ environment }: Pick<OrganizationContext, 'environment'>): string =>
  directoryDestinationIds[environment];

/** The record as the directory receives it, without `Active`. */
export const organizationRecord = (organization: Organization): JsonObject =>
  present({
    Name: organization.name,
    Aliases: organization.aliases,
    Identifiers: [{ ID: organization.oid, IDType: 'OID' }],
    Type:
      organization.type === null ? null : { System: 'http://hl7.org/fhir/organization-type', Value: organization.type },
    PartOf: { Identifier: { Type: 'HCID', System: 'http://www.hl7.org/oid/', Value: organization.parentOid } },
    DestinationID: organization.destinationId,
    Contacts: organization.contacts.map(contactDraft),
    Address: {
      StreetAddress: organization.address.street,
      City: organization.address.city,
      State: organization.address.state,
      ZIP: organization.address.zip,
      County: organization.address.county,
      Country: organization.address.country,
    },
  });

/** The work number is `Work` here, but `Office` for patients. */
const contactDraft = ({ purpose, name, emailAddresses, phone }: Contact): Draft => ({
  Purpose: purpose,
  Name: name,
  EmailAddresses: emailAddresses,
  PhoneNumber: { Home: phone.home, Mobile: phone.mobile, Work: phone.work },
});

/**
 * `Active: false` in an Update removes the organisation from the directory. `Action` is required by the guide of New,
 * although its schema omits it.
 */
export const buildOrganization = (
  event: OrganizationEvent,
  record: JsonObject,
  active: boolean,
  context: OrganizationContext,
): JsonObject => ({
  ...present({
    Meta: metaOf(event, context),
    Directory: 'Carequality',
    Action: event === 'New' ? 'Create' : 'Update',
  }),
  Organizations: [{ Active: active, ...record }],
});

/** Asks for one organisation. A query has one `Identifier`, where a record has a list. */
export const buildOrganizationQuery = (oid: string, context: OrganizationContext): JsonObject =>
  present({
    Meta: metaOf('Query', context),
    Directory: 'Carequality',
    Identifier: { ID: oid, IDType: 'OID' },
  });

const metaOf = (event: OrganizationEvent | 'Query', context: OrganizationContext): Draft => ({
  DataModel: 'Organization',
  EventType: event,
  Test: context.environment !== 'production',
  Source: { ID: context.sourceId },
  Destinations: [{ ID: directoryDestinationId(context) }],
});
