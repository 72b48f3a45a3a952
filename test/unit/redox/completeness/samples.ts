import type { EventName } from '../../../../src/redox/schema/messages.ts';

/**
 * The paths that Redox's own samples of 2023 fill, by their documentation; lists are left out of a path. Empty objects
 * and lists of a sample fill nothing. `@` is a coded value, `#` an address.
 */

const coded = '{Code,CodeSystem,CodeSystemName,Name}';
const address = '{StreetAddress,City,State,ZIP,County,Country}';

const meta = [
  'Meta.{DataModel,EventType,EventDateTime,Test}',
  'Meta.Destinations.{ID,Name}',
  'Meta.Source.{ID,Name}',
  'Meta.Logs.{ID,AttemptID}',
];

const newPatient = [
  ...meta,
  'Patient.Identifiers.{ID,IDType}',
  'Patient.Demographics.{FirstName,MiddleName,LastName,DOB,SSN,Sex,Race,MaritalStatus,Language}',
  'Patient.Demographics.PhoneNumber.Home',
  'Patient.Demographics.Address.#',
  'Patient.Contacts.{FirstName,LastName,RelationToPatient,EmailAddresses,Roles}',
  'Patient.Contacts.PhoneNumber.{Home,Office,Mobile}',
  'Patient.Contacts.Address.#',
  'Patient.Allergies.{Code,Codeset,Name}',
  'Patient.Allergies.Reaction.{Code,Codeset,Name}',
  'Patient.PCP.{NPI,ID,IDType,FirstName,LastName,Credentials}',
  'Patient.PCP.PhoneNumber.Office',
  'Patient.PCP.Address.#',
  'Patient.Guarantor.{Number,FirstName,LastName,RelationToPatient}',
  'Patient.Guarantor.Spouse.{FirstName,LastName}',
  'Patient.Guarantor.Address.#',
  'Patient.Guarantor.Employer.{Name,PhoneNumber}',
  'Patient.Guarantor.Employer.Address.#',
  'Patient.Insurances.Plan.{ID,IDType,Name}',
  'Patient.Insurances.Company.{ID,Name,PhoneNumber}',
  'Patient.Insurances.Company.Address.#',
  'Patient.Insurances.{GroupNumber,GroupName,EffectiveDate,ExpirationDate,PolicyNumber}',
];

const medication = [
  '{StartDate,EndDate}',
  'Dose.{Quantity,Units}',
  'Rate.{Quantity,Units}',
  'Route.@',
  'Frequency.{Period,Unit}',
  'Product.@',
  'Product.AltCodes.@',
];

const problem = ['@', '{StartDate,EndDate}', 'AltCodes.@', 'Category.@', 'Status.@'];

const within = (key: string, paths: readonly string[]): readonly string[] => paths.map((path) => `${key}.${path}`);

const header = [
  'Document.{ID,Title,DateTime,Type,Locale}',
  'Document.TypeCode.@',
  'Document.Confidentiality.@',
  'Document.Author.{ID,IDType,FirstName,LastName,Credentials}',
  'Document.Author.Address.#',
  'Document.Author.PhoneNumber.Office',
  'Document.Visit.{VisitNumber,StartDateTime,EndDateTime,Reason}',
  'Document.Visit.Type.@',
  'Document.Visit.Location.{Type,Facility,Department}',
  'Patient.Identifiers.{ID,IDType}',
  'Patient.Demographics.{FirstName,LastName,DOB,SSN,Sex,Race,Ethnicity,Religion,MaritalStatus,IsDeceased}',
  'Patient.Demographics.{RaceCodes,EthnicGroupCodes}.@',
  'Patient.Demographics.Address.{StreetAddress,City,State,ZIP,Country}',
  'Patient.Demographics.PhoneNumber.Home',
  'Patient.Demographics.EmailAddresses.Address',
];

const visitPush = [
  ...meta,
  ...within('Header', header),
  ...within('AdvanceDirectives', [
    '@',
    '{ExternalReference,StartDate}',
    'Type.@',
    'VerifiedBy.{FirstName,LastName,Credentials}',
    'Custodians.{FirstName,LastName,Credentials}',
    'Custodians.Address.{StreetAddress,City,State,ZIP,Country}',
  ]),
  ...within('Allergies', [
    '{Criticality,Severity,Status,Substance,Type,Reaction}.@',
    'Reaction.Severity.@',
    'Substance.AltCodes.@',
    'Comments.Text',
  ]),
  ...within('Assessment.Diagnoses', ['{DateTime,IsNegativeIndicator,Value}', 'Codes.@']),
  ...within('Encounters', [
    'DateTime',
    'Diagnosis.@',
    'Diagnosis.StartDate',
    'Diagnosis.Status.Name',
    'Identifiers.{ID,IDType}',
    'Locations.Name',
    'Locations.Type.@',
    'Locations.Address.{StreetAddress,City,State,ZIP,Country}',
    'Providers.Role.@',
    'ReasonForVisit.@',
    'Type.@',
  ]),
  ...within('FamilyHistory', [
    'Problems.@',
    'Problems.{AgeAtOnset,DateTime}',
    'Problems.Type.@',
    'Relation.@',
    'Relation.IsDeceased',
    'Relation.Demographics.{DOB,Sex}',
  ]),
  ...within('FunctionalStatus', [
    'Observations.@',
    'Observations.{DateTime,Value}',
    'Observations.CodedValue.@',
    'Supplies.@',
    'Supplies.{DateTime,Status}',
  ]),
  ...within('Goals', ['@', '{DateTime,StartDate,EndDate,Value,Units}', 'AchievementStatus.Name', 'Priority.@']),
  ...within('HealthConcerns', ['@', '{StartDate,Status}', 'AltCodes.@']),
  ...within('Immunizations', ['DateTime', 'Dose.{Quantity,Units}', 'Product.@', 'Product.Manufacturer', 'Route.@']),
  ...within('Instructions', ['@', 'Text']),
  ...within('Insurances', [
    'Company.{ID,Name,PhoneNumber}',
    'Company.Address.#',
    'Plan.{ID,IDType,Name}',
    '{EffectiveDate,ExpirationDate,GroupName,GroupNumber,PolicyNumber}',
  ]),
  ...within('MedicalEquipment', ['{Quantity,StartDate,Status}', 'Product.@']),
  ...within('Medications', [...medication, '{IsPRN,Prescription}', 'Indications.@']),
  ...within('MedicationsAdministered', medication),
  ...within('NoteSections', [
    '@',
    '{Title,Text}',
    'Notes.@',
    'Notes.{ContentType,DateTime,FileContents,Status}',
    'Notes.AltCodes.@',
    'Notes.Encounter.DateTime',
    'Notes.Encounter.Identifiers.{ID,IDType}',
    'Notes.Encounter.Type.{Code,CodeSystem}',
  ]),
  ...within('PlanOfCare', [
    '{Encounters,Procedures,Services}.@',
    'Orders.{Code,CodeSystem,Name}',
    '{Encounters,Orders,Procedures}.DateTime',
    '{Encounters,Orders,Procedures,Services}.Status',
    'MedicationAdministration.{StartDate,EndDate,Status}',
    'MedicationAdministration.Dose.{Quantity,Units}',
    'MedicationAdministration.{Product,Route}.@',
  ]),
  ...within('Problems', [...problem, 'HealthStatus.@']),
  ...within('ResolvedProblems', [...problem, 'Category.AltCodes.@']),
  ...within('Procedures', [
    '{Observations,Procedures,Services}.@',
    '{Observations,Procedures,Services}.{DateTime,Status}',
    '{Observations,Procedures}.TargetSite.@',
  ]),
  ...within('ReasonForVisit', ['@', 'Category.@']),
  ...within('Results', [
    '@',
    'Status',
    'Producer.{ID,Name}',
    'Producer.Address.#',
    'Specimen.{CollectionDateTime,Identifiers}',
    'Specimen.{Source,TargetSite}.@',
    'Observations.@',
    'Observations.{DateTime,Interpretation,Status,Units,Value,ValueType}',
    'Observations.CodedValue.@',
  ]),
  ...within('SocialHistory', [
    '{Observations,TobaccoUse}.@',
    'Observations.{StartDate,Units,ValueText}',
    'TobaccoUse.{StartDate,EndDate,IsSmokingStatus}',
  ]),
  ...within('VitalSigns', [
    'DateTime',
    'Observations.@',
    'Observations.{DateTime,Interpretation,Status,Units,Value}',
    'Observations.TargetSite.@',
  ]),
  ...[
    'AdvanceDirectives',
    'Allergy',
    'Assessment',
    'ChiefComplaint',
    'Encounters',
    'FamilyHistory',
    'FunctionalStatus',
  ].map((key) => `${key}Text`),
  ...['Goals', 'HealthConcerns', 'HistoryOfPresentIllness', 'Immunization', 'Instructions', 'Interventions'].map(
    (key) => `${key}Text`,
  ),
  ...['MedicalEquipment', 'MedicalHistory', 'MedicationsAdministered', 'Medications', 'Objective', 'PhysicalExam'].map(
    (key) => `${key}Text`,
  ),
  ...['PlanOfCare', 'Problems', 'Procedures', 'ReasonForReferral', 'ReasonForVisit', 'ResolvedProblems', 'Result'].map(
    (key) => `${key}Text`,
  ),
  ...['ReviewOfSystems', 'SocialHistory', 'Subjective', 'VitalSigns'].map((key) => `${key}Text`),
];

/** `A.{B,C}.@` in full. */
const expanded = (path: string): readonly string[] => {
  const whole = path.replaceAll('@', coded).replaceAll('#', address);
  const braces = /\{([^{}]*)\}/.exec(whole);
  if (braces === null) return [whole];
  return (braces[1] ?? '').split(',').flatMap((name) => expanded(whole.replace(braces[0], name)));
};

const pathsOf = (paths: readonly string[]): readonly string[] => [...new Set(paths.flatMap(expanded))];

export const samplePaths: Readonly<Partial<Record<EventName, readonly string[]>>> = {
  'PatientAdmin:NewPatient': pathsOf(newPatient),
  'Clinical Summary:VisitPush': pathsOf(visitPush),
};
