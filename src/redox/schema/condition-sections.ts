import { each, type Fields, texts } from './notation.ts';
import { addressWithoutCounty, coded, codedPlus, comments, diagnosis, period } from './shapes.ts';

const problem: Fields = {
  ...codedPlus,
  ...period,
  Category: codedPlus,
  Status: coded,
  Comment: 'text',
  Comments: comments,
};

const milestone: Fields = {
  ...codedPlus,
  ...period,
  ...texts('Value', 'Units'),
  CodedValue: codedPlus,
  DateTime: 'time',
  ...each(coded, 'Priority', 'AchievementStatus'),
};

const person = texts('FirstName', 'LastName', 'Credentials');

const socialHistory: Fields = {
  Observations: [{ ...codedPlus, ...period, Value: codedPlus, ...texts('ValueText', 'Units'), Comments: comments }],
  Pregnancy: [{ ...period, EstimatedDelivery: 'time', Comments: comments }],
  TobaccoUse: [{ ...codedPlus, ...period, IsSmokingStatus: 'boolean', Comments: comments }],
};

const functionalObservation: Fields = {
  ...codedPlus,
  ...texts('Value', 'Units'),
  CodedValue: codedPlus,
  DateTime: 'time',
  ReferenceRange: { ...each('number', 'Low', 'High'), Text: 'text' }, // numbers here, texts in Results
  Comments: comments,
};

export const conditionSections: Fields = {
  AdmissionDiagnosis: [diagnosis],
  DischargeDiagnosis: [diagnosis],
  AdvanceDirectives: [
    {
      ...codedPlus,
      ...period,
      Type: codedPlus,
      ExternalReference: 'text',
      VerifiedBy: [{ ...person, DateTime: 'time' }],
      Custodians: [{ ...person, Address: addressWithoutCounty }],
    },
  ],
  Allergies: [
    {
      ...period,
      ...each(codedPlus, 'Type', 'Substance'),
      Reaction: [{ ...codedPlus, Severity: coded, Text: 'text' }],
      ...each(coded, 'Severity', 'Criticality', 'Status'),
      Comment: 'text',
      Comments: comments,
      IsNegativeIndicator: 'boolean',
    },
  ],
  Assessment: {
    Diagnoses: [
      { Value: 'text', DateTime: 'time', IsNegativeIndicator: 'boolean', Codes: [coded], Comments: comments },
    ],
  },
  FamilyHistory: [
    {
      Relation: { ...coded, Demographics: { Sex: 'sex', DOB: 'date' }, IsDeceased: 'boolean' },
      Problems: [{ ...codedPlus, Type: coded, DateTime: 'time', AgeAtOnset: 'text', IsCauseOfDeath: 'boolean' }],
    },
  ],
  FunctionalStatus: {
    Observations: [functionalObservation],
    Supplies: [{ ...codedPlus, Status: 'text', DateTime: 'time' }],
  },
  Goals: [{ ...milestone, Milestones: [milestone], Comments: comments }],
  HealthConcerns: [
    {
      ...codedPlus,
      ...period,
      ...each(codedPlus, 'Category', 'TargetSite'),
      ...texts('ConcernType', 'Status', 'Value', 'Units', 'Interpretation'),
      Comments: comments,
    },
  ],
  Problems: [{ ...problem, HealthStatus: codedPlus }],
  ResolvedProblems: [problem],
  ReasonForVisit: [{ ...codedPlus, Category: codedPlus }],
  SocialHistory: socialHistory,
};
