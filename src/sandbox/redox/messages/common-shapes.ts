import {
  bool,
  country,
  date,
  dateOrDateTime,
  oid,
  oneOf,
  phone,
  relationToPatient,
  sex,
  ssn,
  text,
} from './scalars.ts';
import { required, type Fields } from './shape.ts';

/** Shapes that several messages share. The names are those of the field lists. */

export const id = { ID: text, IDType: text } satisfies Fields;

/** An identifier that the message stands or falls with: neither half may be missing. */
export const requiredId = { ID: required(text), IDType: required(text) } satisfies Fields;

/** A coded value. `CodeSystem` is an OID; its name stands beside it. */
export const coded = { Code: text, CodeSystem: oid, CodeSystemName: text, Name: text } satisfies Fields;

/** A coded value with translations. */
export const codedPlus = { ...coded, AltCodes: [coded] } satisfies Fields;

export const addressWithoutCounty = {
  StreetAddress: text,
  City: text,
  State: text,
  ZIP: text,
  Country: country,
} satisfies Fields;

export const address = { ...addressWithoutCounty, County: text } satisfies Fields;

export const addressWithUse = { ...address, Use: text } satisfies Fields;

export const telecom = { System: text, Use: text, Value: text } satisfies Fields;

export const location = {
  Type: text,
  Facility: text,
  FacilityIdentifiers: [id],
  Department: text,
  DepartmentIdentifiers: [id],
  Room: text,
} satisfies Fields;

/** A clinician: author of a document, PCP, provider of an encounter. */
export const clinician = {
  ...id,
  FirstName: text,
  LastName: text,
  Credentials: [text],
  Address: address,
  EmailAddresses: [text],
  PhoneNumber: { Office: phone },
  Location: location,
} satisfies Fields;

/** An insurance; Clinical Summary's addresses have a `Use`, those of PatientAdmin have not. */
export const insurance = (insuranceAddress: Fields): Fields => ({
  Plan: { ...id, Name: text, Type: text },
  MemberNumber: text,
  Company: { ...id, Name: text, Address: insuranceAddress, PhoneNumber: phone },
  GroupNumber: text,
  GroupName: text,
  EffectiveDate: date,
  ExpirationDate: date,
  PolicyNumber: text,
  Priority: text,
  AgreementType: oneOf('Standard', 'Unified', 'Maternity'),
  CoverageType: oneOf('Patient', 'Clinic', 'Insurance', 'Other'),
  Insured: {
    Identifiers: [id],
    LastName: text,
    MiddleName: text,
    FirstName: text,
    SSN: ssn,
    Relationship: relationToPatient,
    DOB: date,
    Sex: sex,
    Address: insuranceAddress,
  },
});

/** The clinical sections have these in common. */

export const comments = [{ Text: text }] as const;

export const period = { StartDate: dateOrDateTime, EndDate: dateOrDateTime } satisfies Fields;

export const quantity = { Quantity: text, Units: text } satisfies Fields;

export const encounterReference = {
  DateTime: dateOrDateTime,
  EndDateTime: dateOrDateTime,
  Identifiers: [id],
  Status: text,
  Type: codedPlus,
} satisfies Fields;

export const diagnosis = {
  ...codedPlus,
  ...period,
  Status: coded,
  IsNegativeIndicator: bool,
  Comments: comments,
} satisfies Fields;
