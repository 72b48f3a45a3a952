/** What messages of all kinds are built of: `Meta`, an address, a coded value; and the removal of what is empty. */
import type { JsonObject, JsonValue } from '../json.ts';
import type { EventType } from '../decide/call.ts';
import type { MessageContext, Network, NetworkUser } from './context.ts';
import { leftOut, read, type Reading } from '../values/reading.ts';
import type { RowReader } from '../contract/row/cleaned-row.ts';
import { type AddressPart, codedColumns, type CodedColumn } from '../contract/section/column.ts';
import {
  readAddressLine,
  isDomestic,
  readState,
  readZip,
  type ZipFormat,
  readCountry,
} from '../values/contact/address.ts';
import { readCode } from '../values/code-form.ts';
import { dischargeStatusName } from '../values/clinical/discharge.ts';
import { nubc, readCodeSystem } from './code-system.ts';

/** A message before cleaning: every possible field, filled or empty. */
export type Draft = string | number | boolean | null | undefined | { readonly [key: string]: Draft } | readonly Draft[];

/**
 * Removes empty values from the inside out. Redox forbids null for objects and arrays, and an empty text might be read
 * as "erase the stored value".
 */
export const present = (draft: Readonly<Record<string, Draft>>): JsonObject => presentObject(draft) ?? {};

/** Undefined where the result is empty. Written as one loop for speed, because a message has hundreds of objects. */
const presentObject = (draft: Readonly<Record<string, Draft>>): JsonObject | undefined => {
  const content: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const key of Object.keys(draft)) {
    const value = presentValue(draft[key]);
    if (value === undefined) continue;
    content[key] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : content;
};

const presentList = (draft: readonly Draft[]): readonly JsonValue[] | undefined => {
  const content: JsonValue[] = [];
  for (const item of draft) {
    const value = presentValue(item);
    if (value !== undefined) content.push(value);
  }
  return content.length === 0 ? undefined : content;
};

const presentValue = (value: Draft): JsonValue | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  return isList(value) ? presentList(value) : presentObject(value);
};

/** Array.isArray does not narrow readonly arrays. */
const isList = (value: object): value is readonly Draft[] => Array.isArray(value);

export const isFields = (value: Draft): value is Readonly<Record<string, Draft>> =>
  typeof value === 'object' && value !== null && !isList(value);

/** On the wire, "Clinical Summary" has a space; only Redox's URLs and class names omit it. */
const dataModels: Readonly<Record<EventType, string>> = {
  NewPatient: 'PatientAdmin',
  PatientUpdate: 'PatientAdmin',
  PatientMerge: 'PatientAdmin',
  VisitPush: 'Clinical Summary',
};

/** `Meta` without its `EventDateTime`. */
export const meta = (eventType: EventType, context: MessageContext): Draft => ({
  DataModel: dataModels[eventType],
  EventType: eventType,
  Test: context.test,
  Source: { ID: context.sourceId },
  Destinations: [{ ID: context.destinationId }],
  Extensions: eventType === 'VisitPush' ? undefined : extensionsOf(context.network, context.organizationOid),
});

/**
 * `Meta.Extensions` of a PatientAdmin message. Redox's page on TEFCA and CommonWell requires them on every one of them;
 * on Carequality they belong to queries alone. That page could be read in part: it names sender, user and role, and the
 * other two are those of a query.
 */
const extensionsOf = (network: Network, organizationOid: string): Draft =>
  network.name === 'carequality' ? undefined : userExtensions(network, organizationOid);

/** The five extensions. Treatment is the only purpose of use that Redox documents. */
export const userExtensions = (
  { organizationName, userId, userRole }: NetworkUser,
  organizationOid: string,
): Readonly<Record<string, Draft>> => ({
  'organization-name': { string: organizationName },
  'sender-organization-id': { string: organizationOid },
  'user-id': { string: userId },
  'user-role': { coding: { code: userRole.code, display: userRole.name } },
  'purpose-of-use': { coding: { code: 'TREATMENT', display: 'Treatment' } },
});

/** The message as it is sent. Only this part depends on a clock. */
export const withEventDateTime = (message: JsonObject, at: Date): JsonObject => ({
  ...message,
  Meta: { ...(message['Meta'] as JsonObject), EventDateTime: at.toISOString() },
});

/**
 * Reads the address in `<prefix>street_address` and so on. US states and ZIP codes follow the US Postal Service; a
 * foreign region and postcode are sent as written, with plain blanks.
 */
export const readAddress = <Prefix extends string>(
  row: RowReader<`${Prefix}${AddressPart | 'county'}`>,
  prefix: Prefix,
  zipFormat: ZipFormat,
): Draft => {
  const { Country, ...address } = readAddressWithoutCounty(row, prefix, zipFormat);
  return { ...address, County: row.read(`${prefix}county`, readAddressLine), Country };
};

/** A few places of Redox's model have no county. */
export const readAddressWithoutCounty = <Prefix extends string>(
  row: RowReader<`${Prefix}${AddressPart}`>,
  prefix: Prefix,
  zipFormat: ZipFormat,
): Readonly<Record<'StreetAddress' | 'City' | 'State' | 'ZIP' | 'Country', string | undefined>> => {
  const countryText = row.text(`${prefix}country`);
  const country = countryText === undefined ? leftOut() : readCountry(countryText);
  const domestic = isDomestic(country);
  return {
    StreetAddress: row.read(`${prefix}street_address`, readAddressLine),
    City: row.read(`${prefix}city`, readAddressLine),
    State: row.read(`${prefix}state`, domestic ? readState : readAddressLine),
    ZIP: row.read(`${prefix}zip`, domestic ? (text) => readZip(text, zipFormat) : readAddressLine),
    Country: row.keep(`${prefix}country`, country),
  };
};

/**
 * Reads the coded value in `<prefix>code`, `<prefix>code_system` and `<prefix>name`. The system is sent only beside a
 * valid code.
 */
export const codedValue = <Prefix extends string>(
  row: RowReader<CodedColumn<Prefix>>,
  prefix: Prefix,
): Readonly<Record<string, Draft>> => {
  const columns = codedColumns(prefix);
  const given = row.text(columns.code);
  const name = row.text(columns.name);
  if (given === undefined) return { Name: name };
  const system = row.read(columns.system, readCodeSystem);
  const code = row.keep(columns.code, readCode(given, system?.name));
  if (code === undefined) return { Name: name };
  return { Code: code, CodeSystem: system?.oid, CodeSystemName: system?.name, Name: name };
};

/**
 * A patient discharge status of the NUBC is the usual code in US billing; anything else is the EHR's own word. A number
 * that the NUBC does not have says nothing to anybody, so it is reported.
 */
export const dischargeDisposition = (text: string): Reading<Draft> => {
  const name = dischargeStatusName(text);
  if (name !== undefined) return read({ Code: text, CodeSystem: nubc.oid, CodeSystemName: nubc.name, Name: name });
  return /^\d+$/.test(text) ? read({ Name: text }, 'unmapped') : read({ Name: text });
};
