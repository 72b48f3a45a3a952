/** What a document's header says of it: its type, its version and its sender. */
import type { EncounterClass } from '../../values/encounter.ts';
import { loinc } from '../code-system.ts';
import type { MessageContext } from '../context.ts';
import type { Draft } from '../parts.ts';
import type { Contact, Organization } from '../../directory/organization.ts';

/**
 * The three document types of a Carequality responder, with LOINC's codes and the names in Redox's samples. (One sample
 * calls 18842-5 a Progress Note, unlike the guide and LOINC.)
 */
const documentTypes = {
  progressNote: { code: '11506-3', name: 'Progress Note' },
  dischargeSummary: { code: '18842-5', name: 'Discharge Summary' },
  episodeNote: { code: '34133-9', name: 'Summarization of Episode Note' },
} as const;
type DocumentType = (typeof documentTypes)[keyof typeof documentTypes];

/** An inpatient visit has a discharge summary only after the discharge. */
export const documentTypeOf = (encounterClass: EncounterClass, discharged: boolean): DocumentType => {
  switch (encounterClass) {
    case 'outpatient':
    case 'virtual':
    case 'home':
    case 'emergency':
      return documentTypes.progressNote;
    case 'inpatient':
      return discharged ? documentTypes.dischargeSummary : documentTypes.episodeNote;
    case 'other':
      return documentTypes.episodeNote;
  }
};

/** Of a patient's summary. */
export const summaryType: DocumentType = documentTypes.episodeNote;

/** Redox's guide has the code in `Type`, its samples the name; the site's setting chooses. */
export const documentTypeFields = (
  { code, name }: DocumentType,
  form: MessageContext['documentType'],
): Readonly<Record<'Type' | 'TypeCode', Draft>> => ({
  Type: form === 'code' ? code : name,
  TypeCode: { Code: code, CodeSystem: loinc.oid, CodeSystemName: loinc.name, Name: name },
});

/** The version that distinguishes one push of a visit from the next. It is committed with `sending`, so every try has the same. */
export interface DocumentVersion {
  /** `VersionNumber`. */
  readonly number: number;
  /** `Header.Document.DateTime`: when this version was made, by the ledger's clock. */
  readonly madeAt: Date;
}

const epoch = Date.UTC(2020, 0, 1);

/**
 * The version of a visit's next push. Its number must exceed the ledger's number, and also numbers that a restored or
 * failed-over ledger has lost. It therefore follows the ledger's clock: whole seconds since 2020-01-01.
 */
export const nextDocumentVersion = (known: number, ledgerNow: Date): DocumentVersion => ({
  number: Math.max(known + 1, Math.floor((ledgerNow.getTime() - epoch) / 1_000)),
  madeAt: ledgerNow,
});

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
