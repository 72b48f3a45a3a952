import { meta } from './meta.ts';
import { each, type Fields, oneOf, required, texts } from './notation.ts';
import { address, requiredId } from './shapes.ts';

/** Organization.New and Organization.Update: an organisation's record in the Carequality directory. */

const systemValue = texts('System', 'Value');
const identifier = texts('Type', 'System', 'Value');

const endpoint: Fields = {
  ...texts('Name', 'Address', 'MIMEType'),
  Identifiers: [identifier],
  ConnectionType: systemValue,
  Attributes: {
    Transaction: 'text',
    ...each(systemValue, 'Actor', 'Version'),
    ...each([systemValue], 'UseCases', 'PurposeOfUse', 'Roles'),
  },
};

const contact: Fields = {
  ...texts('Purpose', 'Name'),
  EmailAddresses: ['text'],
  PhoneNumber: each('phone', 'Home', 'Mobile', 'Work'), // Work, not Office
};

const organization: Fields = {
  Active: required('boolean'), // false on Update deletes
  Name: required('text'),
  Aliases: ['text'],
  Identifiers: required([requiredId]),
  Type: systemValue,
  PartOf: required({ Identifier: required({ ...identifier, Value: required('oid') }) }),
  DestinationID: 'text',
  Contacts: [contact],
  Address: address,
  Endpoints: [endpoint],
};

const message = (eventType: string): Fields => ({
  Meta: required(meta('Organization', eventType)),
  Directory: required(oneOf('Carequality')),
  Organizations: required([organization]),
});

// Redox's schema of New has no Action; the guide's example sends it.
export const organizationNew: Fields = { ...message('New'), Action: oneOf('Create') };

export const organizationUpdate: Fields = { ...message('Update'), Action: required(oneOf('Update')) };
