import type { EventType } from '../decide/call.ts';
import type { JsonObject } from '../json.ts';
import type { MessageContext, Network, NetworkUser } from './context.ts';
import type { Draft } from './present.ts';

/** On the wire, "Clinical Summary" has a space; only Redox's URLs and class names omit it. */
const dataModels: Readonly<Record<EventType, string>> = {
  NewPatient: 'PatientAdmin',
  PatientUpdate: 'PatientAdmin',
  PatientMerge: 'PatientAdmin',
  VisitPush: 'Clinical Summary',
};

/** `Meta` without its `EventDateTime`. */
export const meta = (eventType: EventType, context: MessageContext): Draft => ({
  DataModel: dataModels[eventType],
  EventType: eventType,
  Test: context.test,
  Source: { ID: context.sourceId },
  Destinations: [{ ID: context.destinationId }],
  Extensions: eventType === 'VisitPush' ? undefined : extensionsOf(context.network, context.organizationOid),
});

/**
 * `Meta.Extensions` of a PatientAdmin message. Redox's page on TEFCA and CommonWell requires them on every one of them;
 * on Carequality they belong to queries alone. That page could be read in part: it names sender, user and role, and the
 * other two are those of a query.
 */
const extensionsOf = (network: Network, organizationOid: string): Draft =>
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

/** The message as it is sent. Only this part depends on a clock. */
export const withEventDateTime = (message: JsonObject, at: Date): JsonObject => ({
  ...message,
  Meta: { ...(message['Meta'] as JsonObject), EventDateTime: at.toISOString() },
});
