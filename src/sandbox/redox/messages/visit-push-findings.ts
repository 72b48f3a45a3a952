import { coded, codedPlus, comments, encounterReference, id, period, addressWithUse } from './common-shapes.ts';
import { bool, date, dateOrDateTime, number, sex, text } from './scalars.ts';
import type { Fields } from './shape.ts';

/** Sections of VisitPush that say what was found: history, problems, measurements. */

export const allergy = {
  ...period,
  Type: codedPlus,
  Substance: codedPlus,
  Reaction: [{ ...codedPlus, Severity: coded, Text: text }],
  Severity: coded,
  Criticality: coded,
  Status: coded,
  Comment: text,
  Comments: comments,
  IsNegativeIndicator: bool,
} satisfies Fields;

export const assessedDiagnosis = {
  Value: text,
  DateTime: dateOrDateTime,
  IsNegativeIndicator: bool,
  Codes: [coded],
  Comments: comments,
} satisfies Fields;

export const familyMember = {
  Relation: { ...coded, Demographics: { Sex: sex, DOB: date }, IsDeceased: bool },
  Problems: [{ ...codedPlus, Type: coded, DateTime: dateOrDateTime, AgeAtOnset: text, IsCauseOfDeath: bool }],
} satisfies Fields;

export const functionalObservation = {
  ...codedPlus,
  Value: text,
  CodedValue: codedPlus,
  Units: text,
  DateTime: dateOrDateTime,
  ReferenceRange: { Low: number, High: number, Text: text }, // numbers here, strings in Results
  Comments: comments,
} satisfies Fields;

export const healthConcern = {
  ...codedPlus,
  ...period,
  Category: codedPlus,
  ConcernType: text,
  Status: text,
  Value: text,
  Units: text,
  Interpretation: text,
  TargetSite: codedPlus,
  Comments: comments,
} satisfies Fields;

export const resolvedProblem = {
  ...codedPlus,
  ...period,
  Category: codedPlus,
  Status: coded,
  Comment: text,
  Comments: comments,
} satisfies Fields;

export const problem = { ...resolvedProblem, HealthStatus: codedPlus } satisfies Fields;

const resultObservation = {
  ...codedPlus,
  Status: text,
  Interpretation: text,
  DateTime: dateOrDateTime,
  Value: text,
  ValueType: text,
  FileType: text,
  CodedValue: codedPlus,
  Units: text,
  ReferenceRange: { Low: text, High: text, Text: text },
  Comments: comments,
} satisfies Fields;

export const result = {
  ...codedPlus,
  Status: text,
  Producer: { ...id, Name: text, Address: addressWithUse },
  Specimen: { Source: coded, TargetSite: coded, CollectionDateTime: dateOrDateTime, Identifiers: [text] },
  Encounter: encounterReference,
  Observations: [resultObservation],
} satisfies Fields;

export const socialHistory = {
  Observations: [{ ...codedPlus, ...period, Value: codedPlus, ValueText: text, Units: text, Comments: comments }],
  Pregnancy: [{ ...period, EstimatedDelivery: dateOrDateTime, Comments: comments }],
  TobaccoUse: [{ ...codedPlus, ...period, IsSmokingStatus: bool, Comments: comments }],
} satisfies Fields;

const vitalSign = {
  ...codedPlus,
  Status: text,
  Interpretation: text,
  DateTime: dateOrDateTime,
  Value: text,
  Units: text,
  TargetSite: codedPlus,
  Comments: comments,
} satisfies Fields;

/** One element per time at which something was measured. */
export const vitalSigns = { DateTime: dateOrDateTime, Observations: [vitalSign] } satisfies Fields;
