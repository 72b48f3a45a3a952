import { address, clinician, id, insurance, requiredId } from './common-shapes.ts';
import { meta } from './meta-shape.ts';
import {
  alpha2,
  bool,
  date,
  dateOrDateTime,
  language,
  maritalStatus,
  oneOf,
  phone,
  race,
  relationToPatient,
  sex,
  ssn,
  text,
} from './scalars.ts';
import { required, type Fields } from './shape.ts';

/** PatientAdmin.NewPatient, PatientUpdate and PatientMerge. There is no `Visit` in any of them. */

const homeOfficeMobile = { Home: phone, Office: phone, Mobile: phone } satisfies Fields;

const demographics = {
  FirstName: text,
  MiddleName: text,
  LastName: text,
  DOB: date,
  SSN: ssn,
  Sex: sex,
  Race: race,
  IsHispanic: bool, // and no Ethnicity, which Clinical Summary has instead
  Religion: text,
  MaritalStatus: maritalStatus,
  IsDeceased: bool,
  DeathDateTime: dateOrDateTime,
  PhoneNumber: homeOfficeMobile,
  EmailAddresses: [text], // strings here, objects in Clinical Summary
  Language: language,
  Citizenship: [alpha2],
  Address: address,
} satisfies Fields;

const contact = {
  FirstName: text,
  MiddleName: text,
  LastName: text,
  Address: address,
  PhoneNumber: homeOfficeMobile,
  RelationToPatient: relationToPatient,
  EmailAddresses: [text],
  Roles: [text],
} satisfies Fields;

// PatientAdmin names the code set (`Codeset`); Clinical Summary gives its OID (`CodeSystem`).
const codesetCode = { Code: text, Codeset: text, Name: text } satisfies Fields;

const allergy = {
  ...codesetCode,
  Type: codesetCode,
  OnsetDateTime: dateOrDateTime,
  Reaction: [codesetCode],
  Severity: codesetCode,
  Status: text,
} satisfies Fields;

const guarantor = {
  Number: text,
  FirstName: text,
  MiddleName: text,
  LastName: text,
  SSN: ssn,
  DOB: date,
  Sex: sex,
  Spouse: { FirstName: text, LastName: text },
  Address: address,
  PhoneNumber: { Home: phone, Business: phone, Mobile: phone },
  EmailAddresses: [text],
  Type: text,
  RelationToPatient: relationToPatient,
  Employer: { Name: text, Address: address, PhoneNumber: phone },
} satisfies Fields;

const diagnosis = {
  Code: text,
  Codeset: oneOf('ICD-9', 'ICD-10', 'CPT', 'HCPCS', 'Unknown'),
  Name: text,
  Type: oneOf('Admitting', 'Final', 'Self', 'Unknown', 'Working'),
  DocumentedDateTime: dateOrDateTime,
} satisfies Fields;

const patient = {
  Identifiers: required([requiredId]),
  Demographics: demographics,
  Notes: [text],
  Contacts: [contact],
  Allergies: [allergy],
  PCP: { ...clinician, ...id, NPI: text },
  Guarantor: guarantor,
  Insurances: [insurance(address)],
} satisfies Fields;

export const newPatient = { Meta: required(meta), Patient: required(patient) } satisfies Fields;

export const patientUpdate = {
  Meta: required(meta),
  Patient: required({ ...patient, Diagnoses: [diagnosis] }),
} satisfies Fields;

export const patientMerge = {
  Meta: required(meta),
  Patient: required({
    Identifiers: required([requiredId]), // the survivor
    PreviousIdentifiers: required([requiredId]), // the retired
    Demographics: demographics,
    Notes: [text],
  }),
} satisfies Fields;
