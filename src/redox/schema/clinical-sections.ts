import { activitySections } from './activity-sections.ts';
import { conditionSections } from './condition-sections.ts';
import { type Fields, texts } from './notation.ts';
import { treatmentSections } from './treatment-sections.ts';

/** Parts of a Clinical Summary that are markup alone. */
const textsAlone = texts(
  ...['ChiefComplaintText', 'HistoryOfPresentIllnessText', 'InterventionsText', 'MedicalHistoryText'],
  ...['ObjectiveText', 'PhysicalExamText', 'ReasonForReferralText', 'ReviewOfSystemsText', 'SubjectiveText'],
);

const sections: Fields = { ...conditionSections, ...treatmentSections, ...activitySections };

/** The texts of these are named in the singular. */
const irregular: Readonly<Record<string, string>> = {
  Allergies: 'AllergyText',
  Immunizations: 'ImmunizationText',
  Results: 'ResultText',
};

/** A note section has its texts inside. */
const textsOfSections = Object.keys(sections)
  .filter((section) => section !== 'NoteSections')
  .map((section) => irregular[section] ?? `${section}Text`);

/** What may stand in a Clinical Summary below `Header`: each section in codes and as the text that people read. */
export const clinicalSections: Fields = { ...sections, ...texts(...textsOfSections), ...textsAlone };
