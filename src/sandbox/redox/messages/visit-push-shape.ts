import { addressWithUse, codedPlus, diagnosis, insurance } from './common-shapes.ts';
import { meta } from './meta-shape.ts';
import { text } from './scalars.ts';
import { required, type Fields } from './shape.ts';
import * as care from './visit-push-care.ts';
import * as findings from './visit-push-findings.ts';
import { header } from './visit-push-header.ts';
import { administeredMedication, immunization, medication } from './visit-push-medication.ts';

/** Sections with codes. Mind that `Assessment`, `FunctionalStatus`, `PlanOfCare`, `Procedures` and `SocialHistory` are objects. */
const sections = {
  AdmissionDiagnosis: [diagnosis],
  AdvanceDirectives: [care.advanceDirective],
  Allergies: [findings.allergy],
  Assessment: { Diagnoses: [findings.assessedDiagnosis] },
  CareTeams: [care.careTeam],
  DischargeDiagnosis: [diagnosis],
  DischargeMedications: [medication],
  Encounters: [care.encounter],
  FamilyHistory: [findings.familyMember],
  FunctionalStatus: { Observations: [findings.functionalObservation], Supplies: [care.activity] },
  Goals: [care.goal],
  HealthConcerns: [findings.healthConcern],
  Immunizations: [immunization],
  Instructions: [{ ...codedPlus, Text: text }],
  Insurances: [insurance(addressWithUse)],
  MedicalEquipment: [care.equipment],
  Medications: [medication],
  MedicationsAdministered: [administeredMedication],
  NoteSections: [care.noteSection],
  PlanOfCare: care.planOfCare,
  Problems: [findings.problem],
  Procedures: { Observations: [care.procedure], Procedures: [care.procedure], Services: [care.service] },
  ReasonForVisit: [{ ...codedPlus, Category: codedPlus }],
  ResolvedProblems: [findings.resolvedProblem],
  Results: [findings.result],
  SocialHistory: findings.socialHistory,
  VitalSigns: [findings.vitalSigns],
} satisfies Fields;

/** What people read. Three names are singular where their section is plural: allergy, immunization, result. */
const narratives = {
  AdmissionDiagnosisText: text,
  AdvanceDirectivesText: text,
  AllergyText: text,
  AssessmentText: text,
  CareTeamsText: text,
  ChiefComplaintText: text,
  DischargeDiagnosisText: text,
  DischargeMedicationsText: text,
  EncountersText: text,
  FamilyHistoryText: text,
  FunctionalStatusText: text,
  GoalsText: text,
  HealthConcernsText: text,
  HistoryOfPresentIllnessText: text,
  ImmunizationText: text,
  InstructionsText: text,
  InsurancesText: text,
  InterventionsText: text,
  MedicalEquipmentText: text,
  MedicalHistoryText: text,
  MedicationsAdministeredText: text,
  MedicationsText: text,
  ObjectiveText: text,
  PhysicalExamText: text,
  PlanOfCareText: text,
  ProblemsText: text,
  ProceduresText: text,
  ReasonForReferralText: text,
  ReasonForVisitText: text,
  ResolvedProblemsText: text,
  ResultText: text,
  ReviewOfSystemsText: text,
  SocialHistoryText: text,
  SubjectiveText: text,
  VitalSignsText: text,
} satisfies Fields;

export const visitPush = {
  Meta: required(meta),
  Header: required(header),
  ...sections,
  ...narratives,
} satisfies Fields;
