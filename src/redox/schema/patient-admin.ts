import { insurance } from './insurance.ts';
import { meta } from './meta.ts';
import { each, type Fields, required, texts } from './notation.ts';
import { address, clinician, requiredId } from './shapes.ts';

/** PatientAdmin.NewPatient, PatientUpdate and PatientMerge. There is no `Visit` in any of them. */

const names = texts('FirstName', 'MiddleName', 'LastName');
const homeOfficeMobile = each('phone', 'Home', 'Office', 'Mobile');

export const demographics: Fields = {
  ...names,
  DOB: 'date',
  SSN: 'ssn',
  Sex: 'sex',
  Race: 'race',
  IsHispanic: 'boolean', // and no Ethnicity, which Clinical Summary has instead
  Religion: 'text',
  MaritalStatus: 'maritalStatus',
  IsDeceased: 'boolean',
  DeathDateTime: 'time',
  PhoneNumber: homeOfficeMobile,
  EmailAddresses: ['text'], // texts here, objects in Clinical Summary
  Language: 'language',
  Citizenship: ['citizenship'],
  Address: address,
};

const contact: Fields = {
  ...names,
  Address: address,
  PhoneNumber: homeOfficeMobile,
  RelationToPatient: 'relationToPatient',
  ...each(['text'], 'EmailAddresses', 'Roles'),
};

// PatientAdmin names the code set (`Codeset`); Clinical Summary gives its OID (`CodeSystem`).
const codesetCode = texts('Code', 'Codeset', 'Name');

const allergy: Fields = {
  ...codesetCode,
  ...each(codesetCode, 'Type', 'Severity'),
  OnsetDateTime: 'time',
  Reaction: [codesetCode],
  Status: 'text',
};

const guarantor: Fields = {
  ...names,
  ...texts('Number', 'Type'),
  SSN: 'ssn',
  DOB: 'date',
  Sex: 'sex',
  Spouse: texts('FirstName', 'LastName'),
  Address: address,
  PhoneNumber: each('phone', 'Home', 'Business', 'Mobile'),
  EmailAddresses: ['text'],
  RelationToPatient: 'relationToPatient',
  Employer: { Name: 'text', Address: address, PhoneNumber: 'phone' },
};

const diagnosis: Fields = {
  ...texts('Code', 'Name'),
  Codeset: 'diagnosisCodeset',
  Type: 'diagnosisType',
  DocumentedDateTime: 'time',
};

const patient: Fields = {
  Identifiers: required([requiredId]),
  Demographics: demographics,
  Notes: ['text'],
  Contacts: [contact],
  Allergies: [allergy],
  PCP: { ...clinician, NPI: 'text' },
  Guarantor: guarantor,
  Insurances: [insurance(address)],
};

export const newPatient: Fields = { Meta: required(meta('PatientAdmin', 'NewPatient')), Patient: required(patient) };

export const patientUpdate: Fields = {
  Meta: required(meta('PatientAdmin', 'PatientUpdate')),
  Patient: required({ ...patient, Diagnoses: [diagnosis] }),
};

export const patientMerge: Fields = {
  Meta: required(meta('PatientAdmin', 'PatientMerge')),
  Patient: required({
    Identifiers: required([requiredId]), // the survivor
    PreviousIdentifiers: required([requiredId]), // the retired
    Demographics: demographics,
    Notes: ['text'],
  }),
};
