import { isObject, type JsonObject, type JsonValue } from '../../../json.ts';
import { objectAt, objectsAt, textAt } from '../messages/lookup.ts';
import type { QueryAnswers } from './query-answers.ts';

type Matching = Pick<QueryAnswers, 'zips'>;

/** A search needs identifiers, or names, birth date and ZIP; Redox's list of further key sets is unknown. */
export const hasKeySet = (patient: JsonObject): boolean => hasIdentifier(patient) || hasDemographicKeys(patient);

export const hasIdentifier = (patient: JsonObject): boolean =>
  objectsAt(patient, 'Identifiers').some(({ ID }) => isGiven(ID));

const keyPaths = [['FirstName'], ['LastName'], ['DOB'], ['Address', 'ZIP']];

const hasDemographicKeys = (patient: JsonObject): boolean =>
  keyPaths.every((path) => isGiven(textAt(patient, 'Demographics', ...path)));

/** Every field of the query must equal the stored one. */
export const isMatch = (query: JsonObject, stored: JsonObject, matching: Matching): boolean =>
  objectsAt(query, 'Identifiers').every((identifier) =>
    objectsAt(stored, 'Identifiers').some((held) => isSameIdentifier(identifier, held)),
  ) && equals(inForce(query, matching), inForce(stored, matching));

/** As partially matching systems do. */
export const isPartialMatch = (query: JsonObject, stored: JsonObject): boolean =>
  ['LastName', 'DOB'].every((key) => {
    const wanted = textAt(query, 'Demographics', key);
    return isGiven(wanted) && equals(wanted, textAt(stored, 'Demographics', key) ?? '');
  });

const isSameIdentifier = (wanted: JsonObject, held: JsonObject): boolean =>
  ['ID', 'IDType'].every((key) => !isGiven(wanted[key]) || wanted[key] === held[key]);

function inForce(patient: JsonObject, { zips }: Matching): JsonObject {
  const fields = Object.fromEntries(Object.entries(patient).filter(([key]) => key !== 'Identifiers'));
  return zips === 'first_five' ? withShortZip(fields) : fields;
}

function withShortZip(fields: JsonObject): JsonObject {
  const demographics = objectAt(fields, 'Demographics');
  const address = objectAt(fields, 'Demographics', 'Address');
  const zip = textAt(address, 'ZIP');
  if (demographics === null || address === null || zip === null) return fields;
  return { ...fields, Demographics: { ...demographics, Address: { ...address, ZIP: zip.slice(0, 5) } } };
}

/** Whether all that the query gives is stored. Case counts in identifiers only. */
function equals(wanted: JsonValue, stored: JsonValue | undefined): boolean {
  if (wanted === null) return true;
  if (typeof wanted === 'string') return typeof stored === 'string' && wanted.toLowerCase() === stored.toLowerCase();
  if (isObject(wanted)) {
    return Object.entries(wanted).every(([key, value]) => equals(value, isObject(stored) ? stored[key] : undefined));
  }
  if (!isList(wanted)) return wanted === stored;
  return wanted.every((item) => isList(stored) && stored.some((other) => equals(item, other)));
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

const isGiven = (value: JsonValue | undefined): boolean => typeof value === 'string' && value !== '';
