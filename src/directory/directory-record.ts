/**
 * The record that the directory has, as `Organization.Query` answers, beside the one of a site's file. Answers are read leniently:
 * Redox documents their fields, and nobody has recorded one.
 */
import { isObject, type JsonObject, type JsonValue } from '../json.ts';

/** The organisation with this OID; null if the answer has none. */
export const organizationIn = (organizations: readonly JsonObject[], oid: string): JsonObject | null =>
  organizations.find((organization) =>
    listOf(organization['Identifiers']).some((identifier) => isObject(identifier) && isSame(oid, identifier['ID'], '')),
  ) ?? null;

export interface Difference {
  /** `Contacts[0].PhoneNumber.Work` */
  readonly path: string;
  /** Undefined where one side has nothing. */
  readonly inFile: JsonValue | undefined;
  readonly inDirectory: JsonValue | undefined;
}

/** What the message adds to the file, and what every record found has. */
const ofMessage = ['Identifiers', 'Type.System', 'PartOf.Identifier.Type', 'PartOf.Identifier.System'];

/** Redox's list of an answer's fields lacks this one. */
const perhapsUntold = 'DestinationID';

/** Compares the fields that the file sets. The order within a list counts for nothing. */
export function differencesBetween(record: JsonObject, there: JsonObject): readonly Difference[] {
  const told = Object.entries(record).filter(([key]) => key !== perhapsUntold || (there[key] ?? null) !== null);
  return compareObjects(Object.fromEntries(told), there, '');
}

function compare(wanted: JsonValue, there: JsonValue | undefined, path: string): readonly Difference[] {
  if (ofMessage.includes(path)) return [];
  if (isList(wanted)) return compareLists(wanted, listOf(there), path);
  if (isObject(wanted)) return compareObjects(wanted, isObject(there) ? there : {}, path);
  return isSame(wanted, there, path) ? [] : [{ path, inFile: wanted, inDirectory: there ?? undefined }];
}

const compareObjects = (wanted: JsonObject, there: JsonObject, path: string): readonly Difference[] =>
  Object.entries(wanted).flatMap(([key, value]) => compare(value, there[key], path === '' ? key : `${path}.${key}`));

/** Each element is compared with the one that differs least; further elements of the directory are differences too. */
function compareLists(wanted: readonly JsonValue[], there: readonly JsonValue[], path: string): readonly Difference[] {
  const left = [...there];
  const differing = wanted.flatMap((item, index) => {
    const place = `${path}[${index}]`;
    const tries = left.map((other, at) => ({ at, found: compare(item, other, place) }));
    const [nearest] = tries.toSorted((a, b) => a.found.length - b.found.length);
    if (nearest === undefined) return [{ path: place, inFile: item, inDirectory: undefined }];
    left.splice(nearest.at, 1);
    return nearest.found;
  });
  return [...differing, ...left.map((item) => ({ path, inFile: undefined, inDirectory: item }))];
}

/** A phone number in any writing, either name of the country, and an OID as a URN are the same. */
function isSame(wanted: JsonValue, there: JsonValue | undefined, path: string): boolean {
  if (typeof wanted !== 'string' || typeof there !== 'string') return wanted === there;
  return plain(wanted, path) === plain(there, path);
}

function plain(text: string, path: string): string {
  if (/\bPhoneNumber\.\w+$/.test(path)) return text.replaceAll(/\D/g, '').slice(-10);
  if (path === 'Address.Country') return text.trim().replace(/^USA$/, 'US');
  return text.trim().replace(/^urn:oid:/i, '');
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (isList(value) ? value : []);
