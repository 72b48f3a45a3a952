import {
  addressWithUse,
  addressWithoutCounty,
  clinician,
  coded,
  codedPlus,
  comments,
  diagnosis,
  encounterReference,
  id,
  period,
  telecom,
} from './common-shapes.ts';
import { dateOrDateTime, text } from './scalars.ts';
import type { Fields } from './shape.ts';
import { plannedMedication } from './visit-push-medication.ts';

/** Sections of VisitPush that say who cared, what was done and what is to be done. */

export const advanceDirective = {
  ...codedPlus,
  ...period,
  Type: codedPlus,
  ExternalReference: text,
  VerifiedBy: [{ FirstName: text, LastName: text, Credentials: text, DateTime: dateOrDateTime }],
  Custodians: [{ FirstName: text, LastName: text, Credentials: text, Address: addressWithoutCounty }],
} satisfies Fields;

const careTeamMember = {
  FirstName: text,
  MiddleName: text,
  LastName: text,
  Credentials: [text],
  Identifiers: [id],
  Roles: [codedPlus],
  StartDateTime: dateOrDateTime,
  EndDateTime: dateOrDateTime,
  Address: addressWithUse,
  Telecom: [telecom],
} satisfies Fields;

export const careTeam = {
  Name: text,
  Status: text,
  Types: [codedPlus],
  Encounter: encounterReference,
  Organization: { Name: text, Identifiers: [id], Type: codedPlus, Address: addressWithUse, Telecom: [telecom] },
  Members: [careTeamMember],
} satisfies Fields;

export const encounter = {
  Identifiers: [id],
  Type: codedPlus,
  Status: text,
  DateTime: dateOrDateTime,
  EndDateTime: dateOrDateTime,
  DischargeDisposition: codedPlus,
  Providers: [{ ...clinician, NPI: text, Role: codedPlus }],
  Locations: [{ Name: text, Type: codedPlus, Address: addressWithoutCounty, Identifiers: [id], Telecom: [telecom] }],
  Diagnosis: [diagnosis],
  ReasonForVisit: [codedPlus],
} satisfies Fields;

/** Something wanted or done: an order, a supply, a service. */
export const activity = { ...codedPlus, Status: text, DateTime: dateOrDateTime } satisfies Fields;

export const planOfCare = {
  Orders: [activity],
  Procedures: [activity],
  Encounters: [{ ...activity, Identifiers: [id] }],
  Supplies: [activity],
  Services: [activity],
  MedicationAdministration: [plannedMedication],
} satisfies Fields;

export const service = { ...activity, Comments: comments } satisfies Fields;

export const procedure = { ...service, TargetSite: codedPlus } satisfies Fields;

const milestone = {
  ...codedPlus,
  ...period,
  Value: text,
  CodedValue: codedPlus,
  Units: text,
  DateTime: dateOrDateTime,
  Priority: coded,
  AchievementStatus: coded,
} satisfies Fields;

export const goal = { ...milestone, Milestones: [milestone], Comments: comments } satisfies Fields;

const device = {
  ...codedPlus,
  Status: coded,
  Identifiers: [id],
  DeviceID: text,
  Issuer: text,
  BrandName: text,
  CatalogNumber: text,
  ModelNumber: text,
  SerialNumber: text,
  LotNumber: text,
  ManufacturerName: text,
  ManufactureDate: dateOrDateTime,
  ExpirationDate: dateOrDateTime,
  DistinctID: text,
  SafetyObservations: [codedPlus],
} satisfies Fields;

export const equipment = {
  Status: text,
  StartDate: dateOrDateTime,
  Quantity: text,
  Product: device,
  Procedure: { ...codedPlus, TargetSite: codedPlus },
  Comments: comments,
} satisfies Fields;

const note = {
  ...codedPlus,
  ContentType: text,
  FileContents: text,
  DateTime: dateOrDateTime,
  Status: text,
  Encounter: encounterReference,
} satisfies Fields;

export const noteSection = { ...codedPlus, Title: text, Text: text, Notes: [note] } satisfies Fields;
