import type { EventType } from '../../decide/call.ts';
import { messages } from '../schema/messages.ts';
import { jsonSchema, type Schema } from './json-schema.ts';

export const schemas: Readonly<Record<EventType, Schema>> = {
  NewPatient: jsonSchema(messages['PatientAdmin:NewPatient']),
  PatientUpdate: jsonSchema(messages['PatientAdmin:PatientUpdate']),
  PatientMerge: jsonSchema(messages['PatientAdmin:PatientMerge']),
  VisitPush: jsonSchema(messages['Clinical Summary:VisitPush']),
};
