import type { EventType } from '../decide/call.ts';
import type { JsonObject } from '../json.ts';
import type { MessageContext } from './context.ts';
import { extensionsOf } from './settings/network.ts';
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

/** The message as it is sent. Only this part depends on a clock. */
export const withEventDateTime = (message: JsonObject, at: Date): JsonObject => ({
  ...message,
  Meta: { ...(message['Meta'] as JsonObject), EventDateTime: at.toISOString() },
});
