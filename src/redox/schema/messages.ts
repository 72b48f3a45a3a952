import type { Fields } from './notation.ts';
import { organizationNew, organizationUpdate } from './organization.ts';
import { newPatient, patientMerge, patientUpdate } from './patient-admin.ts';
import { visitPush } from './visit-push.ts';

/**
 * What Redox takes: every message, by the exact words of its `Meta`. The fields are those of Redox's own documentation. The
 * preflight holds our messages to them, and the stand-in whatever it gets, each by its own code.
 */
export const messages = {
  'PatientAdmin:NewPatient': newPatient,
  'PatientAdmin:PatientUpdate': patientUpdate,
  'PatientAdmin:PatientMerge': patientMerge,
  // Mind the space.
  'Clinical Summary:VisitPush': visitPush,
  'Organization:New': organizationNew,
  'Organization:Update': organizationUpdate,
} as const satisfies Readonly<Record<string, Fields>>;

/** `<DataModel>:<EventType>`, as Redox's error texts write it. */
export type EventName = keyof typeof messages;
