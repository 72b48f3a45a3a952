import { each, list, type Fields, object, oid, phone, shape, text, time, yesOrNo } from './notation.ts';

/** What stands in many places of a Clinical Summary and of PatientAdmin, under the names of Redox's reference. */

/** `CodeSystem` is an OID, `CodeSystemName` a name. */
export const codeFields: Fields = { ...each(text, 'Code', 'CodeSystemName', 'Name'), CodeSystem: oid };
export const codePlusFields: Fields = { ...codeFields, AltCodes: list(shape('Code')) };

const addressFields = each(text, 'StreetAddress', 'City', 'State', 'ZIP', 'County', 'Country');

export const code = shape('Code');
export const codePlus = shape('CodePlus');
const identifier = shape('Identifier');
export const identifiers = list(identifier);
export const address = shape('Address');
/** Of the shapes that Redox documents without a county, and of those with a use. */
export const addressWithoutCounty = shape('AddressWithoutCounty');
export const addressWithUse = shape('AddressWithUse');
export const quantity = shape('Quantity');
export const comments = shape('Comments');
export const telecom = shape('Telecom');
export const location = shape('Location');
export const organization = shape('Organization');
export const encounterReference = shape('EncounterReference');

/** A clinician, as author of a document, as primary care provider and in an encounter. */
export const providerFields: Fields = {
  ...each(text, 'ID', 'IDType', 'FirstName', 'LastName'),
  Credentials: list(text),
  Address: address,
  EmailAddresses: list(text),
  PhoneNumber: object({ Office: phone }),
  Location: location,
};

/** Compiled once each; the others refer to them. */
export const shapes: Fields = {
  Code: object(codeFields),
  CodePlus: object(codePlusFields),
  Identifier: object(each(text, 'ID', 'IDType')),
  Address: object(addressFields),
  AddressWithoutCounty: object(each(text, 'StreetAddress', 'City', 'State', 'ZIP', 'Country')),
  AddressWithUse: object({ ...addressFields, Use: text }),
  Quantity: object(each(text, 'Quantity', 'Units')),
  Comments: list(object({ Text: text })),
  Telecom: object(each(text, 'System', 'Use', 'Value')),
  Location: object({
    ...each(text, 'Type', 'Facility', 'Department', 'Room'),
    ...each(identifiers, 'FacilityIdentifiers', 'DepartmentIdentifiers'),
  }),
  Organization: object({
    Identifiers: identifiers,
    Name: text,
    Type: codePlus,
    Address: addressWithUse,
    Telecom: list(telecom),
  }),
  EncounterReference: object({
    ...each(time, 'DateTime', 'EndDateTime'),
    Identifiers: identifiers,
    Status: text,
    Type: codePlus,
  }),
  Diagnosis: object({
    ...codePlusFields,
    ...each(time, 'StartDate', 'EndDate'),
    Status: code,
    IsNegativeIndicator: yesOrNo,
    Comments: comments,
  }),
};

export const diagnosis = shape('Diagnosis');
