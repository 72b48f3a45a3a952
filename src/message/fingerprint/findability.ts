/**
 * Whether other participants can find a patient. They match exactly: on first name, last name, birth date and ZIP together, or
 * on an identifier (Redox, data on demand: "understanding the PatientSearch data model"). A key that a message does not have,
 * or has in a form in which nobody asks for it, makes the patient unfindable by it, and nothing else shows that.
 *
 * A verdict is made of words alone: the ledger keeps it, and holds no patient data.
 */
import type { PatientRow } from '../../contract/contract.ts';
import type { Finding } from '../../values/finding.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { Built } from '../context.ts';
import { isRealNull } from '../../values/person/person-name.ts';
import { saysNothingAsId } from '../../values/says-nothing.ts';

/**
 * What can be wrong with a match key. `missing`: Redox was told none. `malformed`: what the row says could not be sent, or is
 * sent and can hardly be what it stands for. `mrn_missing`: the contract gives none, so `patient_id` stands in, which a
 * patient's papers do not show. The ledger allows these words and no others.
 */
export const matchFaults = [
  'first_name_missing',
  'first_name_malformed',
  'last_name_missing',
  'last_name_malformed',
  'birth_date_missing',
  'birth_date_malformed',
  'zip_missing',
  'zip_malformed',
  'mrn_missing',
] as const;
export type MatchFault = (typeof matchFaults)[number];

/** A patient with one of these cannot be found by demographics. */
export const breaksDemographics = (fault: MatchFault): boolean => fault !== 'mrn_missing';

/** Findings that go with a name as it is, and by which it can hardly be what others ask for. */
const faultyNames: ReadonlySet<Finding['problem']> = new Set([
  'damaged',
  'forbidden_character',
  'null_word',
  'mojibake',
  'digit_in_name',
  'comma_in_name',
  'title_in_name',
  'placeholder_name',
]);

/**
 * Judges the match keys of a patient's message, and the row that it was built from.
 *
 * A name is malformed without a single letter of any script, and where it can hardly be a name: the finding beside it says why.
 * `Null` with one capital is a name. A birth date is malformed where it cannot be read, lies after
 * `today` (`YYYY-MM-DD`, by the EHR's clock) or before 1850. A ZIP is judged where the US Postal Service delivers, and where
 * the row names no country: anything but `12345` or `12345-6789` is malformed, and `00000` is none. Abroad, and where the
 * country cannot be read, any postcode will do.
 */
export function checkMatchKeys({ message, findings }: Built, row: PatientRow, today: string): readonly MatchFault[] {
  const demographics = within(within(message, 'Patient'), 'Demographics');
  const couldNotBeRead = (column: string): boolean => findings.some((finding) => finding.column === column);
  return [
    ...nameFaults('first_name', within(demographics, 'FirstName'), findings),
    ...nameFaults('last_name', within(demographics, 'LastName'), findings),
    ...birthDateFaults(within(demographics, 'DOB'), couldNotBeRead('birth_date'), today),
    ...zipFaults(within(within(demographics, 'Address'), 'ZIP'), couldNotBeRead('zip')),
    ...(row.mrn === null || saysNothingAsId(row.mrn) ? (['mrn_missing'] as const) : []),
  ];
}

type Sent = JsonValue | undefined;

function nameFaults(key: 'first_name' | 'last_name', name: Sent, findings: readonly Finding[]): readonly MatchFault[] {
  const isFaulty = findings.some(({ column, problem }) => column === key && faultyNames.has(problem));
  if (typeof name !== 'string') return [isFaulty ? `${key}_malformed` : `${key}_missing`];
  if (isRealNull(name)) return [];
  return !isFaulty && /\p{L}/u.test(name) ? [] : [`${key}_malformed`];
}

function birthDateFaults(date: Sent, couldNotBeRead: boolean, today: string): readonly MatchFault[] {
  if (typeof date !== 'string') return [couldNotBeRead ? 'birth_date_malformed' : 'birth_date_missing'];
  return date > today || date < firstBirthDate ? ['birth_date_malformed'] : [];
}

/** Nobody born before lives, or died since there are records of this kind; systems put 1800 or 1753 for "unknown". */
const firstBirthDate = '1850-01-01';

function zipFaults(zip: Sent, couldNotBeRead: boolean): readonly MatchFault[] {
  if (typeof zip === 'string') return [];
  return [couldNotBeRead ? 'zip_malformed' : 'zip_missing'];
}

const within = (value: Sent, key: string): Sent => (isObject(value) ? value[key] : undefined);

const isObject = (value: Sent): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
