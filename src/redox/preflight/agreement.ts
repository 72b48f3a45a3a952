import type { EventType } from '../../decide/call.ts';
import type { JsonObject } from '../../json.ts';

/** What a message must agree with that no schema can know. */
export interface SiteOids {
  readonly patientOid: string;
  readonly documentOid: string;
}

/** Of a message that its schema has let pass. */
interface PatientMessage {
  readonly Patient: Readonly<Record<'Identifiers' | 'PreviousIdentifiers', Identifiers>>;
}
interface DocumentMessage {
  readonly Header: {
    readonly Document: Readonly<Record<'ID' | 'Type', string>> & {
      readonly SetID?: string;
      readonly VersionNumber?: string;
      readonly TypeCode: { readonly Code: string; readonly Name?: string };
    };
    readonly Patient: { readonly Identifiers: Identifiers };
  };
}
type Identifiers = readonly { readonly IDType: string }[];

/** The path of a field that is not there or does not agree with the site's OIDs or another field of the message; null where all do. */
export function mismatch(eventType: EventType, message: JsonObject, oids: SiteOids): string | null {
  const checks = eventType === 'VisitPush' ? documentChecks(message, oids) : patientChecks(eventType, message, oids);
  return Object.entries(checks).find(([, agrees]) => !agrees)?.[0] ?? null;
}

type Checks = Readonly<Record<string, boolean>>;

/** The Redox-assigned patient OID ties a message to the repository's records: the patient and the retired patient. */
function patientChecks(eventType: EventType, message: JsonObject, { patientOid }: SiteOids): Checks {
  const { Patient } = message as unknown as PatientMessage;
  return {
    'Patient.Identifiers': hasOid(Patient.Identifiers, patientOid),
    'Patient.PreviousIdentifiers':
      eventType !== 'PatientMerge' || Patient.PreviousIdentifiers.every(({ IDType }) => IDType === patientOid),
  };
}

function documentChecks(message: JsonObject, { patientOid, documentOid }: SiteOids): Checks {
  const { Document, Patient } = (message as unknown as DocumentMessage).Header;
  const { ID, SetID, VersionNumber, Type, TypeCode } = Document;
  return {
    'Header.Patient.Identifiers': hasOid(Patient.Identifiers, patientOid),
    // Unique across Carequality, because it begins with an OID of ours.
    'Header.Document.ID': ID.startsWith(`${documentOid}^`) && ID.length > documentOid.length + 1,
    // Redox requires neither; each push of a visit is a version of one set.
    'Header.Document.SetID': SetID === ID,
    'Header.Document.VersionNumber': VersionNumber !== undefined,
    // The code in the words of Redox's guide, the name in its samples.
    'Header.Document.Type': Type === TypeCode.Code || Type === TypeCode.Name,
  };
}

const hasOid = (identifiers: Identifiers, oid: string): boolean => identifiers.some(({ IDType }) => IDType === oid);
