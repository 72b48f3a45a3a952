/**
 * Can other participants find a patient? They match exactly: on first name, last name, birth date and ZIP together, or
 * on an identifier (Redox, data on demand: "understanding the PatientSearch data model"). A missing key, or one in an
 * unusual form, makes the patient unfindable by it, and only this check reveals that.
 *
 * The result consists of fixed words, so that the ledger stores no patient data.
 */
import type { PatientRow } from '../../contract/contract.ts';
import type { Finding } from '../../values/reading.ts';
import { isObject, type JsonValue } from '../../json.ts';
import type { Built } from '../context.ts';
import { isDomestic, isFillerZip } from '../../values/contact/address.ts';
import { isRealNull } from '../../values/person/person-name.ts';
import { saysNothingAsId } from '../../values/word.ts';

/**
 * Faults of a match key; a key has at most one. `missing`: the message lacks it. `malformed`: the row's value was left
 * out, or is sent but hardly plausible. `placeholder`: a word for an unknown person or a test. `digit`: a name with a
 * digit. `filler`: a date or ZIP that is written for an unknown one. `plus4`: a ZIP of nine digits, while others search
 * by five. `sex_unknown`: partial matching, as other networks do it, has one key less. `mrn_missing`: the contract lacks
 * an MRN, so `patient_id` is sent, an id that patients cannot quote. The ledger allows exactly these words.
 */
export const matchFaults = [
  'first_name_missing',
  'first_name_malformed',
  'first_name_placeholder',
  'first_name_digit',
  'last_name_missing',
  'last_name_malformed',
  'last_name_placeholder',
  'last_name_digit',
  'birth_date_missing',
  'birth_date_malformed',
  'birth_date_filler',
  'zip_missing',
  'zip_malformed',
  'zip_filler',
  'zip_plus4',
  'sex_unknown',
  'mrn_missing',
] as const;
export type MatchFault = (typeof matchFaults)[number];

/** With these, the patient may still be found by name, birth date and ZIP. */
const harmlessFaults: ReadonlySet<MatchFault> = new Set(['zip_plus4', 'sex_unknown', 'mrn_missing']);

/** A patient with such a fault cannot be found by demographics. */
export const breaksDemographics = (fault: MatchFault): boolean => !harmlessFaults.has(fault);

/** Problems of a name that is sent as it is, but that searches will hardly match. */
const faultyNames: ReadonlySet<Finding['problem']> = new Set([
  'damaged',
  'forbidden_character',
  'mojibake',
  'comma_in_name',
  'title_in_name',
]);

/**
 * Checks the match keys of a patient's message, and the row that it was built from.
 *
 * A name is malformed if it has no letter of any script, or a finding says that it is hardly a name; `Null` with one
 * capital is a name. A birth date is malformed if it is unreadable, after `today` (`YYYY-MM-DD`, by the EHR's clock) or
 * before 1850. A ZIP is checked for US addresses and where the row has no country: anything but `12345` or `12345-6789`
 * is malformed, and `00000` and `99999` are fillers. Abroad, and where the country is unreadable, any postcode passes.
 */
export function checkMatchKeys({ message, findings }: Built, row: PatientRow, today: string): readonly MatchFault[] {
  const demographics = within(within(message, 'Patient'), 'Demographics');
  const problemsOf = (column: string): ReadonlySet<Finding['problem']> =>
    new Set(findings.filter((finding) => finding.column === column).map(({ problem }) => problem));
  const [first, last] = [within(demographics, 'FirstName'), within(demographics, 'LastName')];
  return [
    ...nameFaults('first_name', first, problemsOf('first_name')),
    ...(isJohnDoe(first, last)
      ? (['last_name_placeholder'] as const)
      : nameFaults('last_name', last, problemsOf('last_name'))),
    ...birthDateFaults(within(demographics, 'DOB'), problemsOf('birth_date'), today),
    ...zipFaults(
      within(demographics, 'Address'),
      { zip: problemsOf('zip'), country: problemsOf('country') },
      row.zip ?? '',
    ),
    ...(isSexKnown(within(demographics, 'Sex')) ? [] : (['sex_unknown'] as const)),
    ...(row.mrn === null || saysNothingAsId(row.mrn) ? (['mrn_missing'] as const) : []),
  ];
}

type Sent = JsonValue | undefined;

type Problems = ReadonlySet<Finding['problem']>;

function nameFaults(key: 'first_name' | 'last_name', name: Sent, problems: Problems): readonly MatchFault[] {
  const isFaulty = [...problems].some((problem) => faultyNames.has(problem));
  if (typeof name !== 'string') return [isFaulty ? `${key}_malformed` : `${key}_missing`];
  if (isRealNull(name)) return [];
  if (isFaulty || !/\p{L}/u.test(name)) return [`${key}_malformed`];
  if (problems.has('placeholder_name') || problems.has('null_word')) return [`${key}_placeholder`];
  return problems.has('digit_in_name') ? [`${key}_digit`] : [];
}

/** Two names that only together are nobody's. */
const isJohnDoe = (first: Sent, last: Sent): boolean =>
  typeof first === 'string' &&
  typeof last === 'string' &&
  /^(?:john|jane|johnny|janie|baby) doe$/i.test(`${first} ${last}`);

function birthDateFaults(date: Sent, problems: Problems, today: string): readonly MatchFault[] {
  if (problems.has('filler_date')) return ['birth_date_filler'];
  if (typeof date !== 'string') return [problems.size > 0 ? 'birth_date_malformed' : 'birth_date_missing'];
  return date > today || date < firstBirthDate ? ['birth_date_malformed'] : [];
}

/** People born earlier died before such records existed; systems use 1800 or 1753 for "unknown". */
const firstBirthDate = '1850-01-01';

function zipFaults(
  address: Sent,
  problems: Readonly<Record<'zip' | 'country', Problems>>,
  given: string,
): readonly MatchFault[] {
  const zip = within(address, 'ZIP');
  const isOfUsps = isDomestic({ value: countryOf(address), problems: [...problems.country] });
  if (problems.zip.size === 0 && isOfUsps && isFillerZip(given)) return ['zip_filler'];
  if (typeof zip !== 'string') return [problems.zip.size > 0 ? 'zip_malformed' : 'zip_missing'];
  return isOfUsps && /^\d{5}-\d{4}$/.test(zip) ? ['zip_plus4'] : [];
}

const countryOf = (address: Sent): string | undefined => {
  const country = within(address, 'Country');
  return typeof country === 'string' ? country : undefined;
};

const isSexKnown = (sex: Sent): boolean => typeof sex === 'string' && sex !== 'Unknown';

const within = (value: Sent, key: string): Sent => (isObject(value) ? value[key] : undefined);
