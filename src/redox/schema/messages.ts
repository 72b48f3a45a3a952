import type { Fields } from './notation.ts';
import { organizationNew, organizationUpdate } from './organization.ts';
import { newPatient, patientMerge, patientUpdate } from './patient-admin.ts';
import { visitPush } from './visit-push.ts';

/**
 * The messages that Redox accepts, with the fields that Redox documents. The keys are data model and event type, spelled as in `Meta`. The
 * preflight checks the messages that we send, and the stand-in those that it receives; each has checks of its own.
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
