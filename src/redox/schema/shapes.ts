import { each, type Fields, required, texts } from './notation.ts';

/** Shapes that stand in many places of the messages. */

export const id = texts('ID', 'IDType');

/** An identifier without which the message is invalid. */
export const requiredId = each(required('text'), 'ID', 'IDType');

/** A coded value. `CodeSystem` is an OID; its name is beside it. */
export const coded: Fields = { ...texts('Code', 'CodeSystemName', 'Name'), CodeSystem: 'oid' };

export const codedPlus: Fields = { ...coded, AltCodes: [coded] };

export const addressWithoutCounty: Fields = { ...texts('StreetAddress', 'City', 'State', 'ZIP'), Country: 'country' };
export const address: Fields = { ...addressWithoutCounty, County: 'text' };
export const addressWithUse: Fields = { ...address, Use: 'text' };

export const period = each('time', 'StartDate', 'EndDate');
export const quantity = texts('Quantity', 'Units');
export const comments = [texts('Text')] as const;
export const telecom = texts('System', 'Use', 'Value');

export const location: Fields = {
  ...texts('Type', 'Facility', 'Department', 'Room'),
  ...each([id], 'FacilityIdentifiers', 'DepartmentIdentifiers'),
};

/** The author of a document, a primary care provider, the provider of an encounter. */
export const clinician: Fields = {
  ...texts('ID', 'IDType', 'FirstName', 'LastName'),
  Credentials: ['text'],
  Address: address,
  EmailAddresses: ['text'],
  PhoneNumber: { Office: 'phone' },
  Location: location,
};

export const organization: Fields = {
  Identifiers: [id],
  Name: 'text',
  Type: codedPlus,
  Address: addressWithUse,
  Telecom: [telecom],
};

export const encounterReference: Fields = {
  ...each('time', 'DateTime', 'EndDateTime'),
  Identifiers: [id],
  Status: 'text',
  Type: codedPlus,
};

export const diagnosis: Fields = {
  ...codedPlus,
  ...period,
  Status: coded,
  IsNegativeIndicator: 'boolean',
  Comments: comments,
};
