import type { JsonValue } from '../../../json.ts';
import { textAt } from './lookup.ts';
import { organizationNew, organizationUpdate } from './organization-shapes.ts';
import { newPatient, patientMerge, patientUpdate } from './patient-admin-shapes.ts';
import { compile, type Check } from './shape.ts';
import { visitPush } from './visit-push-shape.ts';

/** The messages that the stand-in takes, by the exact words of `Meta`. Mind the space in `Clinical Summary`. */
const checks = {
  'PatientAdmin:NewPatient': compile(newPatient),
  'PatientAdmin:PatientUpdate': compile(patientUpdate),
  'PatientAdmin:PatientMerge': compile(patientMerge),
  'Clinical Summary:VisitPush': compile(visitPush),
  'Organization:New': compile(organizationNew),
  'Organization:Update': compile(organizationUpdate),
} as const satisfies Record<string, Check>;

/** `<DataModel>:<EventType>`, as Redox's error texts write it. */
export type EventName = keyof typeof checks;

export function eventOf(message: JsonValue): EventName | null {
  const name = `${textAt(message, 'Meta', 'DataModel') ?? ''}:${textAt(message, 'Meta', 'EventType') ?? ''}`;
  return isEventName(name) ? name : null;
}

export const checkOf = (event: EventName): Check => checks[event];

/** Organization messages are answered by the directory; all others are only taken in. */
export const isOrganization = (event: EventName): event is 'Organization:New' | 'Organization:Update' =>
  event === 'Organization:New' || event === 'Organization:Update';

const isEventName = (name: string): name is EventName => Object.hasOwn(checks, name);
