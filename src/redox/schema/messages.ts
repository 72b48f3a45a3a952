import type { Fields } from './notation.ts';
import { organizationNew, organizationUpdate } from './organization.ts';
import { newPatient, patientMerge, patientUpdate } from './patient-admin.ts';
import { visitPush } from './visit-push.ts';

/**
 * The messages that Redox accepts, by the exact words of their `Meta`, with the fields of Redox's own documentation. The preflight
 * checks our messages against them, the stand-in those that it receives, each with its own code.
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
