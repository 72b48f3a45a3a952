import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import { readClinicalStatus } from '../item/coded-words.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

/** Admission, discharge and assessment: what was found to be the matter with the patient, and when in the visit. */

export const buildAdmissionDiagnosis: SectionBuilder<'admission_diagnosis'> = (items) => ({
  AdmissionDiagnosis: items.map(diagnosis),
  AdmissionDiagnosisText: sectionText(items),
});

export const buildDischargeDiagnosis: SectionBuilder<'discharge_diagnosis'> = (items) => ({
  DischargeDiagnosis: items.map(diagnosis),
  DischargeDiagnosisText: sectionText(items),
});

/** An object with a list in it, unlike the others. */
export const buildAssessment: SectionBuilder<'assessment'> = (items) => ({
  Assessment: { Diagnoses: items.map(assessed) },
  AssessmentText: sectionText(items),
});

const diagnosis = (item: Item<'admission_diagnosis'> | Item<'discharge_diagnosis'>): Draft => ({
  ...item.codedPlus(''),
  Status: item.read('status', readClinicalStatus),
  ...item.period('started_at', 'ended_at'),
  IsNegativeIndicator: item.boolean('negated'),
  Comments: item.comments(),
});

/** All codes of a diagnosis stand in one list here, and none of them is first. */
const assessed = (item: Item<'assessment'>): Draft => {
  const { AltCodes, ...code } = item.codedPlus('');
  return {
    Value: item.text('text') ?? item.text('name'),
    DateTime: item.time('assessed_at'),
    IsNegativeIndicator: item.boolean('negated'),
    Codes: [code, AltCodes].flat(),
    Comments: item.comments(),
  };
};

/** What an assessment says, as the entry of a visit has its diagnoses. One without a code is a conclusion in words. */
const assessedAsDiagnosis = (item: Item<'assessment'>): Draft => {
  const code = item.codedPlus('');
  if (item.text('code') === undefined || (code['Code'] ?? code['Name']) === undefined) return undefined;
  return {
    ...code,
    StartDate: item.time('assessed_at'),
    IsNegativeIndicator: item.boolean('negated'),
    Comments: item.comments(),
  };
};

/** The items of the sections that say what was the matter. */
interface DiagnosisItems {
  readonly admission_diagnosis?: readonly Item<'admission_diagnosis'>[];
  readonly discharge_diagnosis?: readonly Item<'discharge_diagnosis'>[];
  readonly assessment?: readonly Item<'assessment'>[];
}

/**
 * `Encounters[].Diagnosis`: what the visit came to in the end, so the discharge diagnoses, else what was assessed, else
 * with what the patient was admitted. Never the problem list: it is the patient's, and most of it was not what the
 * visit was about.
 */
export const diagnosesOfVisit = ({
  discharge_diagnosis: discharged = [],
  assessment = [],
  admission_diagnosis: admitted = [],
}: DiagnosisItems): readonly Draft[] => {
  if (discharged.length > 0) return discharged.map(diagnosis);
  const assessedCodes = assessment.map(assessedAsDiagnosis).filter((draft) => draft !== undefined);
  return assessedCodes.length > 0 ? assessedCodes : admitted.map(diagnosis);
};
