import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { FieldGroup } from '../../message/fingerprint/field-group.ts';
import { holds, isAbsent } from './held-value.ts';

/** The groups of a patient's message, as `field-group.ts` has those of its row. A field without a line belongs to `other`. */
const demographicGroups: Readonly<Record<string, FieldGroup>> = {
  SSN: 'identifiers',
  FirstName: 'name',
  MiddleName: 'name',
  LastName: 'name',
  DOB: 'birth_and_sex',
  Sex: 'birth_and_sex',
  Address: 'address',
  PhoneNumber: 'contact',
  EmailAddresses: 'contact',
  IsDeceased: 'death',
  DeathDateTime: 'death',
};

/** The parts that a search of patients may leave out: without them, nothing shows that Redox lacks them. */
const partGroups: Readonly<Record<string, FieldGroup>> = { Contacts: 'contact', PCP: 'other', Insurances: 'other' };

/**
 * The field groups in which Redox's patient lacks or contradicts what the message says. Both are the `Patient` of their messages. Redox
 * may hold more.
 */
export function differingGroups(sent: JsonObject, held: JsonObject): readonly FieldGroup[] {
  const groups = new Set<FieldGroup>();
  if (!holds(held['Identifiers'], sent['Identifiers'] ?? [], 'exact')) groups.add('identifiers');
  const demographics = objectOf(held['Demographics']);
  for (const [field, value] of Object.entries(objectOf(sent['Demographics']))) {
    if (!holds(demographics[field], value, 'loose')) groups.add(demographicGroups[field] ?? 'other');
  }
  for (const [part, group] of Object.entries(partGroups)) {
    const value = sent[part];
    if (value === undefined || isAbsent(held[part])) continue;
    if (!holds(held[part], value, 'loose')) groups.add(group);
  }
  return [...groups].sort();
}

/** Whether one of the patient's identifiers is this one. */
export const hasIdentifier = (patient: JsonObject, id: string, idType: string): boolean =>
  identifiersOf(patient, idType).includes(id);

/** The patient's identifiers of a type. */
export const identifiersOf = (patient: JsonObject, idType: string): readonly string[] => {
  const identifiers = patient['Identifiers'];
  return (Array.isArray(identifiers) ? (identifiers as readonly JsonValue[]) : [])
    .filter((one) => isObject(one))
    .flatMap(({ ID, IDType }) => (IDType === idType && typeof ID === 'string' ? [ID] : []));
};

/** What others search a patient by beside an identifier; null if the message lacks a key. */
export function matchKeysOf(sent: JsonObject): JsonObject | null {
  const { FirstName, LastName, DOB, Address } = objectOf(sent['Demographics']);
  const ZIP = objectOf(Address)['ZIP'];
  if (FirstName === undefined || LastName === undefined || DOB === undefined || ZIP === undefined) return null;
  return { FirstName, LastName, DOB, Address: { ZIP } };
}

export const objectOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});
