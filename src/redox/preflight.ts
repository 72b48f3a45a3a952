/**
 * The last check of a message before it is sent. `schema/` contains what Redox documents, independent of the builder, so that it finds
 * the builder's mistakes. `preflight/` turns it into JSON Schema and adds our own requirements. Unconfirmed rules (members of value
 * sets, markup of texts, a receiver's use of a field) are not checked.
 */
import type { ErrorObject } from 'ajv';
import type { EventType } from '../decide/call.ts';
import type { JsonObject } from '../json.ts';
import type { MessageFault, Objection } from '../message/objection.ts';
import { isBlank, isXml } from './preflight/formats.ts';
import { validatorOf } from './validator.ts';

interface PreflightOptions extends SiteOids {
  /** Of the message as JSON in UTF-8, inclusive. */
  readonly sizeLimitBytes: number;
}

/** Returns the first objection to a message, or null. `body`: the message as JSON, if the caller has it already. */
export type Preflight = (eventType: EventType, message: JsonObject, body?: string) => Objection | null;

export const openPreflight =
  ({ sizeLimitBytes, ...oids }: PreflightOptions): Preflight =>
  (eventType, message, body = JSON.stringify(message)) =>
    invalid(eventType, message, oids) ??
    (Buffer.byteLength(body) > sizeLimitBytes ? tooLarge(message, sizeLimitBytes) : null);

function invalid(eventType: EventType, message: JsonObject, oids: SiteOids): Objection | null {
  const isValid = validatorOf(eventType);
  if (!isValid(message)) {
    const [error] = isValid.errors ?? [];
    if (error === undefined) throw new Error('a message was refused without a reason');
    return { reason: 'invalid_message', path: pathOf(error), fault: faultOf(error, valueAt(message, keysOf(error))) };
  }
  const path = mismatch(eventType, message, oids);
  if (path === null) return null;
  const isMissing = valueAt(message, path.split('.')) === undefined;
  return { reason: 'invalid_message', path, fault: isMissing ? 'missing' : 'wrong_value' };
}

/** `/Results/2/Status` as `Results[2].Status`, with the missing or unknown key. */
function pathOf(error: ErrorObject): string {
  const { missingProperty, additionalProperty } = error.params as {
    missingProperty?: string;
    additionalProperty?: string;
  };
  const keys = keysOf(error);
  const named = missingProperty ?? nameOfKey(additionalProperty);
  return [...keys, ...(named === undefined ? [] : [named])]
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** RFC 6901: `~1` is a slash, `~0` a tilde. */
const keysOf = ({ instancePath }: ErrorObject): string[] =>
  instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const valueAt = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce((at, key) => (at as Readonly<Record<string, unknown>>)[key], value);

/** A key outside the form of Redox's names is masked, because it could be a value. */
const nameOfKey = (key: string | undefined): string | undefined =>
  key === undefined || /^[A-Z][A-Za-z]{0,39}$/.test(key) ? key : '?';

function faultOf({ keyword }: ErrorObject, data: unknown): MessageFault {
  if (keyword === 'required') return 'missing';
  if (keyword === 'additionalProperties') return 'unknown_key';
  if (keyword === 'minProperties' || keyword === 'minItems') return 'empty';
  if (data === null) return 'null';
  if (keyword === 'type') return 'wrong_type';
  if (typeof data === 'string' && isBlank(data)) return 'empty';
  if (typeof data === 'string' && !isXml(data)) return 'not_xml';
  return keyword === 'format' ? 'malformed' : 'wrong_value';
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function tooLarge(message: JsonObject, limitBytes: number): Objection {
  const [path = '', pathBytes = 0] =
    Object.entries(message)
      .map(([key, value]) => [key, sizeOf(value)] as const)
      .toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return { reason: 'too_large', path, pathBytes, messageBytes: sizeOf(message), limitBytes };
}

/** What a message must agree with that no schema can know. */
interface SiteOids {
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
function mismatch(eventType: EventType, message: JsonObject, oids: SiteOids): string | null {
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
