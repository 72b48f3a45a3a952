/**
 * Can other participants find a patient? They match exactly: on first name, last name, birth date and ZIP together, or
 * on an identifier (Redox, data on demand: "understanding the PatientSearch data model"). A missing key, or one in an
 * unusual form, makes the patient unfindable by it, and only this check reveals that.
 *
 * The result consists of fixed words, so that the ledger stores no patient data.
 */
import type { PatientRow } from '../../contract/contract.ts';
import type { Finding } from '../../values/finding.ts';
import { isObject, type JsonValue } from '../../json.ts';
import type { Built } from '../context.ts';
import { isRealNull } from '../../values/person/person-name.ts';
import { saysNothingAsId } from '../../values/says-nothing.ts';

/**
 * Faults of a match key. `missing`: the message lacks it. `malformed`: the row's value was left out, or is sent but
 * hardly plausible. `mrn_missing`: the contract lacks an MRN, so `patient_id` is sent, an id that patients cannot
 * quote. The ledger allows exactly these words.
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

/** A patient with such a fault cannot be found by demographics. */
export const breaksDemographics = (fault: MatchFault): boolean => fault !== 'mrn_missing';

/** Problems of a name that is sent as it is, but that searches will hardly match. */
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
 * Checks the match keys of a patient's message, and the row that it was built from.
 *
 * A name is malformed if it has no letter of any script, or a finding says that it is hardly a name; `Null` with one
 * capital is a name. A birth date is malformed if it is unreadable, after `today` (`YYYY-MM-DD`, by the EHR's clock) or
 * before 1850. A ZIP is checked for US addresses and where the row has no country: anything but `12345` or `12345-6789`
 * is malformed, and `00000` is missing. Abroad, and where the country is unreadable, any postcode passes.
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

/** People born earlier died before such records existed; systems use 1800 or 1753 for "unknown". */
const firstBirthDate = '1850-01-01';

function zipFaults(zip: Sent, couldNotBeRead: boolean): readonly MatchFault[] {
  if (typeof zip === 'string') return [];
  return [couldNotBeRead ? 'zip_malformed' : 'zip_missing'];
}

const within = (value: Sent, key: string): Sent => (isObject(value) ? value[key] : undefined);
