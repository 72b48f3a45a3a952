import { activitySections } from './activity-sections.ts';
import { conditionSections } from './condition-sections.ts';
import { type Fields, text } from './notation.ts';
import { treatmentSections } from './treatment-sections.ts';

/** Parts of a Clinical Summary that are markup alone. */
const textsAlone = [
  'ChiefComplaint',
  'HistoryOfPresentIllness',
  'Interventions',
  'MedicalHistory',
  'Objective',
  'PhysicalExam',
  'ReasonForReferral',
  'ReviewOfSystems',
  'Subjective',
];

/** The names of these do not follow from those of the coded parts. */
const irregularTexts: Readonly<Record<string, string>> = {
  Allergies: 'AllergyText',
  Immunizations: 'ImmunizationText',
  Results: 'ResultText',
};

const coded: Fields = { ...conditionSections, ...treatmentSections, ...activitySections };

/** What may stand in a Clinical Summary below `Header`. A note section has its texts inside. */
export const clinicalSections: Fields = {
  ...coded,
  ...Object.fromEntries(
    Object.keys(coded)
      .filter((section) => section !== 'NoteSections')
      .map((section) => [irregularTexts[section] ?? `${section}Text`, text]),
  ),
  ...Object.fromEntries(textsAlone.map((section) => [`${section}Text`, text])),
};
