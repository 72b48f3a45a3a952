import type { EventType } from '../decide/call.ts';
import type { JsonObject } from '../json.ts';
import type { MessageContext } from './context.ts';
import type { Draft } from './present.ts';

/** The wire name of Clinical Summary has a space; only URLs and class names of Redox's leave it out. */
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
});

/** The message as it leaves. This is the only part of a message that comes from a clock. */
export const withEventDateTime = (message: JsonObject, at: Date): JsonObject => ({
  ...message,
  Meta: { ...(message['Meta'] as JsonObject), EventDateTime: at.toISOString() },
});
