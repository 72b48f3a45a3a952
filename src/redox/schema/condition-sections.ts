import { date, each, type Fields, list, number, object, text, time, yesOrNo } from './notation.ts';
import { addressWithoutCounty, code, codeFields, codePlus, codePlusFields, comments, diagnosis } from './shapes.ts';

const problemFields: Fields = {
  ...codePlusFields,
  Category: codePlus,
  Status: code,
  ...each(time, 'StartDate', 'EndDate'),
  Comment: text,
  Comments: comments,
};

const goalFields: Fields = {
  ...codePlusFields,
  ...each(text, 'Value', 'Units'),
  CodedValue: codePlus,
  ...each(time, 'DateTime', 'StartDate', 'EndDate'),
  ...each(code, 'Priority', 'AchievementStatus'),
};

/** Sections of what a patient has, wants and is. */
export const conditionSections: Fields = {
  AdmissionDiagnosis: list(diagnosis),
  DischargeDiagnosis: list(diagnosis),
  AdvanceDirectives: list(
    object({
      ...codePlusFields,
      Type: codePlus,
      ...each(time, 'StartDate', 'EndDate'),
      ExternalReference: text,
      VerifiedBy: list(object({ ...each(text, 'FirstName', 'LastName', 'Credentials'), DateTime: time })),
      Custodians: list(
        object({ ...each(text, 'FirstName', 'LastName', 'Credentials'), Address: addressWithoutCounty }),
      ),
    }),
  ),
  Allergies: list(
    object({
      ...each(codePlus, 'Type', 'Substance'),
      Reaction: list(object({ ...codePlusFields, Severity: code, Text: text })),
      ...each(code, 'Severity', 'Criticality', 'Status'),
      ...each(time, 'StartDate', 'EndDate'),
      Comment: text,
      Comments: comments,
      IsNegativeIndicator: yesOrNo,
    }),
  ),
  Assessment: object({
    Diagnoses: list(
      object({
        Value: text,
        DateTime: time,
        IsNegativeIndicator: yesOrNo,
        Codes: list(code),
        Comments: comments,
      }),
    ),
  }),
  FamilyHistory: list(
    object({
      Relation: object({
        ...codeFields,
        Demographics: object({ Sex: text, DOB: date }),
        IsDeceased: yesOrNo,
      }),
      Problems: list(
        object({ ...codePlusFields, Type: code, DateTime: time, AgeAtOnset: text, IsCauseOfDeath: yesOrNo }),
      ),
    }),
  ),
  FunctionalStatus: object({
    Observations: list(
      object({
        ...codePlusFields,
        ...each(text, 'Value', 'Units'),
        CodedValue: codePlus,
        DateTime: time,
        ReferenceRange: object({ ...each(number, 'Low', 'High'), Text: text }),
        Comments: comments,
      }),
    ),
    Supplies: list(object({ ...codePlusFields, Status: text, DateTime: time })),
  }),
  Goals: list(object({ ...goalFields, Milestones: list(object(goalFields)), Comments: comments })),
  HealthConcerns: list(
    object({
      ...codePlusFields,
      Category: codePlus,
      ...each(text, 'ConcernType', 'Status', 'Value', 'Units', 'Interpretation'),
      ...each(time, 'StartDate', 'EndDate'),
      TargetSite: codePlus,
      Comments: comments,
    }),
  ),
  Problems: list(object({ ...problemFields, HealthStatus: codePlus })),
  ResolvedProblems: list(object(problemFields)),
  ReasonForVisit: list(object({ ...codePlusFields, Category: codePlus })),
  SocialHistory: object({
    Observations: list(
      object({
        ...codePlusFields,
        Value: codePlus,
        ...each(text, 'ValueText', 'Units'),
        ...each(time, 'StartDate', 'EndDate'),
        Comments: comments,
      }),
    ),
    Pregnancy: list(object({ ...each(time, 'StartDate', 'EndDate', 'EstimatedDelivery'), Comments: comments })),
    TobaccoUse: list(
      object({
        ...codePlusFields,
        IsSmokingStatus: yesOrNo,
        ...each(time, 'StartDate', 'EndDate'),
        Comments: comments,
      }),
    ),
  }),
};
