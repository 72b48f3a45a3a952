import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import { readClinicalStatus } from '../../item/coded-words.ts';
import type { Item } from '../../item/item.ts';
import { inCodes } from '../../item/items.ts';
import { sectionText } from '../../item/text.ts';

/** The diagnoses of admission, discharge and assessment. */

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
