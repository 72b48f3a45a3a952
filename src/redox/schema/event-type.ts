import type { EventType } from '../../decide/call.ts';
import type { Schema } from './notation.ts';
import { patientMerge, wholeRecord } from './patient-admin.ts';
import { visitPush } from './visit-push.ts';

export const schemas: Readonly<Record<EventType, Schema>> = {
  NewPatient: wholeRecord('NewPatient'),
  PatientUpdate: wholeRecord('PatientUpdate'),
  PatientMerge: patientMerge,
  VisitPush: visitPush,
};
