/** Sections about what a person has, had, or may develop. */
import type { Draft } from '../parts.ts';
import type { Item, SectionBuilder } from '../item/item.ts';
import { isResolved, readAllergyType, readClinicalStatus, readCriticality, readSeverity } from '../item/coded-words.ts';
import { grouped, inCodes, itemsByKind } from '../item/items.ts';
import { sectionText } from '../item/text.ts';
import { nothingKnown, type AllergySubject } from './nothing-known.ts';
import { readSex } from '../../values/person/value-sets.ts';
import { unitsBeside } from '../../values/clinical/units.ts';
import { closedWords } from '../../values/word.ts';
import { readConcernStatus, readInterpretation } from '../../values/clinical/clinical-status.ts';

type Allergy = Item<'allergies'>;

export const buildAllergies: SectionBuilder<'allergies'> = (items) => ({
  Allergies: inCodes(items, 'absent').map(allergy),
  AllergyText: sectionText(items, (item) => nothingKnown(item)?.words),
});

/** Undefined where only words can say what the row says. */
const allergy = (item: Allergy): Draft => {
  const statement = nothingKnown(item);
  const subject = statement === undefined ? named(item) : statement.coded(item);
  if (subject === undefined) return undefined;
  return {
    Type: subject.Type,
    Substance: subject.Substance,
    Reaction: item.parts('reaction').map((reaction) => ({
      ...reaction.coded('reaction_'),
      Severity: reaction.read('reaction_severity', readSeverity),
      Text: reaction.text('reaction_text'),
    })),
    Severity: item.read('severity', readSeverity),
    Criticality: item.read('criticality', readCriticality),
    Status: item.read('status', readClinicalStatus),
    ...item.period('started_at', 'ended_at'),
    Comments: item.comments(),
    IsNegativeIndicator: subject.IsNegativeIndicator,
  };
};

const named = (item: Allergy): AllergySubject => ({
  Type: item.read('type', readAllergyType),
  Substance: item.codedPlus('substance_'),
  IsNegativeIndicator: item.negativeIndicator(),
});

/**
 * A resolved problem has a list of its own, so that nobody reads it as a current one. Redox has no field for a problem
 * that the patient does not have, so such a row stands in the text alone.
 */
export const buildProblems: SectionBuilder<'problems'> = (items) => {
  const resolved = items.filter(isOver);
  const current = items.filter((item) => !isOver(item));
  return {
    Problems: inCodes(current).map((item) => ({ ...problem(item), HealthStatus: item.coded('health_status_') })),
    ProblemsText: sectionText(current),
    ResolvedProblems: inCodes(resolved).map(problem),
    ResolvedProblemsText: sectionText(resolved),
  };
};

/** Only the source's own word counts: an end may be that of one episode. */
const isOver = (item: Item<'problems'>): boolean =>
  item.standing.kind === 'stated' && isResolved(item.text('status') ?? '');

const problem = (item: Item<'problems'>): Readonly<Record<string, Draft>> => ({
  ...item.codedPlus(''),
  Category: item.coded('category_'),
  Status: item.read('status', readClinicalStatus),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});

export const buildAdmissionDiagnosis: SectionBuilder<'admission_diagnosis'> = (items) => ({
  AdmissionDiagnosis: inCodes(items, 'absent').map(diagnosis),
  AdmissionDiagnosisText: sectionText(items),
});

export const buildDischargeDiagnosis: SectionBuilder<'discharge_diagnosis'> = (items) => ({
  DischargeDiagnosis: inCodes(items, 'absent').map(diagnosis),
  DischargeDiagnosisText: sectionText(items),
});

/** Unlike the others, an object with a list in it. */
export const buildAssessment: SectionBuilder<'assessment'> = (items) => ({
  Assessment: { Diagnoses: inCodes(items, 'absent').map(assessed) },
  AssessmentText: sectionText(items),
});

const diagnosis = (item: Item<'admission_diagnosis'> | Item<'discharge_diagnosis'>): Draft => ({
  ...item.codedPlus(''),
  Status: item.read('status', readClinicalStatus),
  ...item.period('started_at', 'ended_at'),
  IsNegativeIndicator: item.negativeIndicator(),
  Comments: item.comments(),
});

/** Here all codes of a diagnosis share one list of equals. */
const assessed = (item: Item<'assessment'>): Draft => {
  const { AltCodes, ...code } = item.codedPlus('');
  return {
    Value: item.text('text') ?? item.text('name'),
    DateTime: item.time('assessed_at'),
    IsNegativeIndicator: item.negativeIndicator(),
    Codes: [code, AltCodes].flat(),
    Comments: item.comments(),
  };
};

/**
 * An assessment in the form of a visit's diagnosis; undefined if it has no code and is a conclusion in words only. When
 * it was assessed is not when it began.
 */
const assessedAsDiagnosis = (item: Item<'assessment'>): Draft => {
  const code = item.codedPlus('');
  if (item.text('code') === undefined || (code['Code'] ?? code['Name']) === undefined) return undefined;
  return {
    ...code,
    IsNegativeIndicator: item.negativeIndicator(),
    Comments: item.comments(),
  };
};

interface DiagnosisItems {
  readonly admission_diagnosis?: readonly Item<'admission_diagnosis'>[];
  readonly discharge_diagnosis?: readonly Item<'discharge_diagnosis'>[];
  readonly assessment?: readonly Item<'assessment'>[];
}

/**
 * `Encounters[].Diagnosis`: the discharge diagnoses, else the assessment, else the admission diagnoses. The problem
 * list is excluded, because most of a patient's problems are unrelated to the visit.
 */
export const diagnosesOfVisit = ({
  discharge_diagnosis: discharged = [],
  assessment = [],
  admission_diagnosis: admitted = [],
}: DiagnosisItems): readonly Draft[] => {
  if (discharged.length > 0) return inCodes(discharged, 'absent').map(diagnosis);
  const assessedCodes = inCodes(assessment, 'absent')
    .map(assessedAsDiagnosis)
    .filter((draft) => draft !== undefined);
  return assessedCodes.length > 0 ? assessedCodes : inCodes(admitted, 'absent').map(diagnosis);
};

/** One element for each relative. */
export const buildFamilyHistory: SectionBuilder<'family_history'> = (items) => ({
  FamilyHistory: grouped(items).map((ofRelative) => ({
    Relation: relation(ofRelative[0]),
    Problems: ofRelative.map(inRelative),
  })),
  FamilyHistoryText: sectionText(items),
});

const relation = (item: Item<'family_history'>): Draft => ({
  ...item.coded('relative_'),
  Demographics: { Sex: item.read('relative_sex', readSex), DOB: item.date('relative_birth_date') },
  IsDeceased: item.boolean('relative_deceased'),
});

const inRelative = (item: Item<'family_history'>): Draft => ({
  ...item.codedPlus(''),
  Type: item.coded('type_'),
  DateTime: item.time('observed_at'),
  AgeAtOnset: item.number('age_at_onset'),
  IsCauseOfDeath: item.boolean('cause_of_death'),
});

type Observation = Item<'social_history'>;

/** An object of three lists. */
export const buildSocialHistory: SectionBuilder<'social_history'> = (items) => {
  const { observation, tobacco, pregnancy } = itemsByKind(items, readKind, ['observation', 'tobacco', 'pregnancy']);
  return {
    SocialHistory: {
      Observations: observation.map(observed),
      Pregnancy: pregnancy.map(pregnant),
      TobaccoUse: tobacco.map(tobaccoUse),
    },
    SocialHistoryText: sectionText(items, unnamed),
  };
};

const readKind = closedWords({ observation: '', tobacco: 'tobacco use | smoking', pregnancy: '' });

/** The subject of a row that only its kind names. */
const unnamed = (item: Observation): string | undefined => {
  if (item.text('code') !== undefined || item.text('name') !== undefined) return undefined;
  const { value: kind } = readKind(item.text('kind') ?? '');
  return kind === undefined ? undefined : kindsInWords[kind];
};

const kindsInWords = { observation: undefined, tobacco: 'Tobacco use', pregnancy: 'Pregnancy' } as const;

const observed = (item: Observation): Draft => ({
  ...item.codedPlus(''),
  Value: item.coded('value_'),
  ValueText: item.text('value'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});

const pregnant = (item: Observation): Draft => ({
  ...item.period('started_at', 'ended_at'),
  EstimatedDelivery: item.time('estimated_delivery_at'),
  Comments: item.comments(),
});

/** Redox has the habit itself as the code, without a value; many EHRs have it as the answer to a question. */
const tobaccoUse = (item: Observation): Draft => ({
  ...(item.text('value_code') === undefined ? item.codedPlus('') : item.coded('value_')),
  IsSmokingStatus: item.boolean('smoking_status'),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});

/** Redox has no field for a concern that the patient does not have, so such a row stands in the text alone. */
export const buildHealthConcerns: SectionBuilder<'health_concerns'> = (items) => ({
  HealthConcerns: inCodes(items).map(concern),
  HealthConcernsText: sectionText(items),
});

const concern = (item: Item<'health_concerns'>): Draft => ({
  ...item.codedPlus(''),
  Category: item.coded('category_'),
  ConcernType: item.text('concern_type'),
  Status: item.read('status', readConcernStatus),
  ...item.period('started_at', 'ended_at'),
  Value: item.text('value'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  Interpretation: item.read('interpretation', readInterpretation),
  TargetSite: item.coded('target_site_'),
  Comments: item.comments(),
});
