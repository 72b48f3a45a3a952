import type { Contact, Organization } from '../../directory/organization.ts';
import type { MessageContext } from '../context.ts';
import type { Draft } from '../present.ts';

/**
 * Who sends the document, and whom its reader can call: the organisation's OID, and name, address, phone and e-mail
 * where the site describes it (`ORGANIZATION_FILE`). `OID` is the IDType in its record in the Carequality directory.
 */
export const senderOf = ({ organizationOid, sender }: MessageContext): Draft => ({
  Identifiers: [{ ID: organizationOid, IDType: 'OID' }],
  ...(sender === null ? {} : described(sender)),
});

const described = (sender: Organization): Readonly<Record<string, Draft>> => ({
  Name: sender.name,
  Address: {
    StreetAddress: sender.address.street,
    City: sender.address.city,
    State: sender.address.state,
    ZIP: sender.address.zip,
    County: sender.address.county,
    Country: sender.address.country,
  },
  Telecom: telecomOf(contactOf(sender)),
});

/** Readers call about a patient, so a technical contact is passed over. */
export const contactOf = ({ contacts }: Organization): Contact | undefined =>
  contacts.find(({ purpose }) => !/^technical$/i.test(purpose.trim()));

const telecomOf = (contact: Contact | undefined): Draft => {
  if (contact === undefined) return [];
  const phone = phoneOf(contact);
  return [
    ...(phone === null ? [] : [{ System: 'phone', Use: 'WP', Value: phone }]),
    ...contact.emailAddresses.slice(0, 1).map((email) => ({ System: 'email', Use: 'WP', Value: email })),
  ];
};

export const phoneOf = ({ phone }: Contact): string | null => phone.work ?? phone.mobile ?? phone.home;
