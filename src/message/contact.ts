import type { PatientColumn } from '../contract/contract.ts';
import type { RowReader } from '../contract/row/row-reader.ts';
import { readEmail, readPhone } from '../values/contact/telecom.ts';
import { readRelationship } from '../values/insurance.ts';
import { readAddress } from './address.ts';
import type { MessageContext } from './context.ts';
import type { Draft } from './present.ts';

/** The patient's emergency contact or guardian; undefined without a name. Only PatientAdmin has a field for one. */
export const readContact = (row: RowReader<PatientColumn>, { zipFormat }: MessageContext): Draft => {
  const contact = {
    FirstName: row.text('contact_first_name'),
    LastName: row.text('contact_last_name'),
    Address: readAddress(row, 'contact_', zipFormat),
    PhoneNumber: {
      Home: row.read('contact_home_phone', readPhone),
      Office: row.read('contact_office_phone', readPhone),
      Mobile: row.read('contact_mobile_phone', readPhone),
    },
    RelationToPatient: row.read('contact_relation', readRelationship),
    EmailAddresses: [row.read('contact_email', readEmail)],
    Roles: [row.text('contact_role')],
  };
  return contact.FirstName === undefined && contact.LastName === undefined ? undefined : contact;
};
