import { address, requiredId } from './common-shapes.ts';
import { meta } from './meta-shape.ts';
import { bool, oid, oneOf, phone, text } from './scalars.ts';
import { required, type Fields } from './shape.ts';

/** Organization.New and Organization.Update: an organisation's record in the Carequality directory. */

const systemValue = { System: text, Value: text } satisfies Fields;
const identifier = { Type: text, System: text, Value: text } satisfies Fields;

const endpoint = {
  Identifiers: [identifier],
  ConnectionType: systemValue,
  Name: text,
  Address: text,
  MIMEType: text,
  Attributes: {
    Transaction: text,
    Actor: systemValue,
    Version: systemValue,
    UseCases: [systemValue],
    PurposeOfUse: [systemValue],
    Roles: [systemValue],
  },
} satisfies Fields;

const contact = {
  Purpose: text,
  Name: text,
  EmailAddresses: [text],
  PhoneNumber: { Home: phone, Mobile: phone, Work: phone }, // Work, not Office
} satisfies Fields;

const organization = {
  Active: required(bool), // false on Update deletes
  Name: required(text),
  Aliases: [text],
  Identifiers: required([requiredId]),
  Type: systemValue,
  PartOf: required({ Identifier: required({ ...identifier, Value: required(oid) }) }),
  DestinationID: text,
  Contacts: [contact],
  Address: address,
  Endpoints: [endpoint],
} satisfies Fields;

const message = {
  Meta: required(meta),
  Directory: required(oneOf('Carequality')),
  Organizations: required([organization]),
} satisfies Fields;

// Redox's schema of New has no Action; the guide's example sends it.
export const organizationNew = { ...message, Action: oneOf('Create') } satisfies Fields;

export const organizationUpdate = { ...message, Action: required(oneOf('Update')) } satisfies Fields;
