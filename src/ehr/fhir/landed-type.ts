/** The resource types that land, each in a table of its name in lower case. */

/** What a visit's clinical content is made of; of these, one that names no visit is given one by its date. */
export const clinicalTypes = [
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Consent',
  'Device',
  'DeviceUseStatement',
  'DiagnosticReport',
  'DocumentReference',
  'FamilyMemberHistory',
  'Goal',
  'Immunization',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'ServiceRequest',
] as const;

/** People, places, products and what else a visit refers to. */
const otherTypes = [
  'Patient',
  'Encounter',
  'Coverage',
  'HealthcareService',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
  'Specimen',
] as const;

export const landedTypes: readonly string[] = [...otherTypes, ...clinicalTypes];

export const tableOfType = (type: string): string => type.toLowerCase();

/** Without them nothing can be compared: an export that has none is not one of a site. */
export const indispensableTypes = ['Patient', 'Encounter'] as const;

/** Resource types that servers export, the landed ones and others. */
export const exportedTypes: ReadonlySet<string> = new Set(
  (
    'Account AllergyIntolerance Appointment Basic Binary BodyStructure CarePlan CareTeam Claim ClaimResponse Communication ' +
    'Composition Condition Consent Coverage Device DeviceRequest DeviceUseStatement DiagnosticReport DocumentReference Encounter ' +
    'Endpoint EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Flag Goal Group HealthcareService ImagingStudy Immunization ' +
    'List Location Media Medication MedicationAdministration MedicationDispense MedicationRequest MedicationStatement NutritionOrder ' +
    'Observation Organization Patient Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse ' +
    'RelatedPerson RequestGroup RiskAssessment Schedule ServiceRequest Slot Specimen Substance Task VisionPrescription'
  ).split(' '),
);

/** The type that a file's name names. A file that names none, and of which no line can be read, may hold patients. */
export function typeInName(name: string): string {
  const words = name
    .replace(/^.*\//s, '')
    .toLowerCase()
    .split(/[^a-z]+/);
  return (
    [...exportedTypes].find((type) => words.some((word) => word.replace(/s$/, '') === type.toLowerCase())) ?? 'Patient'
  );
}
