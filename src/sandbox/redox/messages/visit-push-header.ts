import { addressWithUse, clinician, coded, codedPlus, id, location, requiredId, telecom } from './common-shapes.ts';
import { bool, date, dateOrDateTime, language, maritalStatus, oid, phone, race, sex, ssn, text } from './scalars.ts';
import { required, type Fields } from './shape.ts';

/**
 * `Header` of Clinical Summary.VisitPush. Redox's schema requires nothing in it; what is required here is what the
 * Carequality guide requires of a responder: the document's id and type, and the patient's identifiers.
 */

const organization = {
  Identifiers: [id],
  Name: text,
  Type: codedPlus,
  Address: addressWithUse,
  Telecom: [telecom],
} satisfies Fields;

const visit = {
  VisitNumber: text,
  StartDateTime: dateOrDateTime,
  EndDateTime: dateOrDateTime,
  Reason: text,
  Type: codedPlus,
  Location: location,
  DischargeDisposition: codedPlus,
} satisfies Fields;

const document = {
  ID: required(text),
  Title: text,
  DateTime: dateOrDateTime,
  Type: required(text),
  TypeCode: required({ Code: required(text), CodeSystem: required(oid), CodeSystemName: text, Name: text }),
  Locale: text,
  Confidentiality: coded,
  SetID: text,
  VersionNumber: text,
  RelatesTo: [{ Code: text, ID: text, SetID: text, VersionNumber: text }],
  Author: { ...clinician, Type: text },
  Custodian: organization,
  Visit: visit,
} satisfies Fields;

const demographics = {
  FirstName: text,
  MiddleName: text,
  LastName: text,
  DOB: date,
  SSN: ssn,
  Sex: sex,
  Address: addressWithUse,
  PhoneNumber: { Home: phone, Mobile: phone }, // and no Office, which PatientAdmin has
  EmailAddresses: [{ Address: text }], // objects here, strings in PatientAdmin
  Language: language,
  Race: race,
  RaceCodes: [coded],
  Ethnicity: text, // and no IsHispanic, which PatientAdmin has instead
  EthnicGroupCodes: [coded],
  Religion: text,
  MaritalStatus: maritalStatus,
  IsDeceased: bool,
  DeathDateTime: dateOrDateTime,
} satisfies Fields;

export const header = {
  DirectAddressFrom: text,
  DirectAddressTo: text,
  Document: required(document),
  Patient: required({
    Identifiers: required([{ ...requiredId, Type: text }]),
    Demographics: demographics,
    Organization: organization,
  }),
  PCP: { ...clinician, Type: text },
} satisfies Fields;
