import { clinicalSections } from './clinical-sections.ts';
import { meta } from './meta.ts';
import { each, type Fields, oneOf, required, texts } from './notation.ts';
import { addressWithUse, clinician, coded, codedPlus, location, organization, requiredId } from './shapes.ts';

/**
 * Clinical Summary.VisitPush. Redox's schema requires nothing of `Header`; what is required here is what the Carequality guide
 * requires of a responder: the document's id and type, and the patient's identifiers.
 */

const demographics: Fields = {
  ...texts('FirstName', 'MiddleName', 'LastName'),
  DOB: 'date',
  SSN: 'ssn',
  Sex: 'sex',
  Race: 'race',
  RaceCodes: [coded],
  Ethnicity: 'text', // and no IsHispanic, which PatientAdmin has instead
  EthnicGroupCodes: [coded],
  Religion: 'text',
  MaritalStatus: 'maritalStatus',
  IsDeceased: 'boolean',
  DeathDateTime: 'time',
  PhoneNumber: each('phone', 'Home', 'Mobile'), // and no Office, which PatientAdmin has
  EmailAddresses: [texts('Address')], // objects here, texts in PatientAdmin
  Language: 'language',
  Address: addressWithUse,
};

/** LOINC's codes for what a responder sends: episode note, progress note, discharge summary. */
const typeCode: Fields = {
  Code: required(oneOf('34133-9', '11506-3', '18842-5')),
  CodeSystem: required(oneOf('2.16.840.1.113883.6.1')),
  CodeSystemName: required(oneOf('LOINC')),
  Name: 'text',
};

const document: Fields = {
  ...each(required('text'), 'ID', 'Type'),
  TypeCode: required(typeCode),
  ...texts('Title', 'Locale', 'SetID'),
  VersionNumber: 'version',
  DateTime: 'time',
  Confidentiality: coded,
  RelatesTo: [texts('Code', 'ID', 'SetID', 'VersionNumber')],
  Author: { ...clinician, Type: 'text' },
  Custodian: organization,
  Visit: {
    ...texts('VisitNumber', 'Reason'),
    ...each('time', 'StartDateTime', 'EndDateTime'),
    ...each(codedPlus, 'Type', 'DischargeDisposition'),
    Location: location,
  },
};

const header: Fields = {
  ...texts('DirectAddressFrom', 'DirectAddressTo'),
  Document: required(document),
  Patient: required({
    Identifiers: required([{ ...requiredId, Type: 'text' }]),
    Demographics: demographics,
    Organization: organization,
  }),
  PCP: { ...clinician, Type: 'text' },
};

export const visitPush: Fields = {
  Meta: required(meta('Clinical Summary', 'VisitPush')),
  Header: required(header),
  ...clinicalSections,
};
