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
