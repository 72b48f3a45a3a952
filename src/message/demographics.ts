import type { PatientColumn, PatientRow } from '../contract/contract.ts';
import { patientForms } from '../contract/contract-forms.ts';
import { cleanedRow, RowReader } from '../contract/row/cleaned-row.ts';
import { readCalendarDate, readEventTime, type Calendar } from '../values/time/event-time.ts';
import { type Finding, leftOut, read, type Reading } from '../values/reading.ts';
import { nameDoubts, readLastName } from '../values/person/person-name.ts';
import { readEmail, readPhone } from '../values/contact/telecom.ts';
import {
  cdcRaceAndEthnicity,
  ethnicGroupCode,
  type Ethnicity,
  isHispanic,
  type Race,
  raceCode,
  readEthnicity,
  readLanguage,
  readMaritalStatus,
  readRaces,
  readSex,
  soleRace,
} from '../values/person/value-sets.ts';
import { readSsn } from '../values/identifier.ts';
import { readAddress, type Draft } from './parts.ts';
import type { MessageContext } from './context.ts';
import { readRelationship } from '../values/insurance.ts';
import { dateIn } from '../values/time/wall-clock.ts';
import { readBoolean, saysNothingOfWhen } from '../values/word.ts';

/** A patient's row in Redox's values: read once, then written in the form of either data model. */
interface Demographics {
  /** The fields that both data models share. */
  readonly shared: Readonly<Record<string, Draft>>;
  /** Undefined where nobody is to receive it. */
  readonly ssn: string | undefined;
  readonly races: readonly [Race, ...Race[]] | undefined;
  readonly ethnicity: Ethnicity | undefined;
  readonly email: string | undefined;
  readonly phones: Readonly<Record<'Home' | 'Office' | 'Mobile', string | undefined>>;
  readonly contact: Draft;
  /** As `Built.saysDead`. */
  readonly saysDead: boolean;
  readonly findings: readonly Finding[];
}

/** Facts about a patient that are not in the row. */
export interface SentBefore {
  /** The patient's death was sent, and not withdrawn since. */
  readonly wasDeathSent: boolean;
}

export const readDemographics = (
  patient: PatientRow,
  { wasDeathSent }: SentBefore,
  context: MessageContext,
): Demographics => {
  const findings: Finding[] = [];
  const row = new RowReader<PatientColumn>(cleanedRow<PatientColumn>(patient, patientForms, findings), findings);
  const birthDate = row.read('birth_date', (text) => readCalendarDate(text, context));
  const death = readDeath(row, birthDate, wasDeathSent, context);
  return {
    ...valuesOf(row, birthDate, death, context),
    contact: readContact(row, context),
    saysDead: death.isDeceased ?? wasDeathSent,
    findings,
  };
};

const valuesOf = (
  row: RowReader<PatientColumn>,
  birthDate: string | undefined,
  death: Death,
  { zipFormat, sendSsn }: MessageContext,
): Omit<Demographics, 'contact' | 'saysDead' | 'findings'> => ({
  shared: {
    FirstName: row.read('first_name', readFirstName),
    MiddleName: row.text('middle_name'),
    LastName: row.read('last_name', readMatchedLastName),
    DOB: birthDate,
    Sex: row.read('sex', readSex),
    MaritalStatus: row.read('marital_status', readMaritalStatus),
    Language: row.read('language', readLanguage),
    Religion: row.text('religion'),
    Address: readAddress(row, '', zipFormat),
    IsDeceased: death.isDeceased,
    DeathDateTime: death.at,
  },
  ssn: sendSsn === 'never' ? undefined : row.read('ssn', readSsn),
  races: row.read('race', readRaces),
  ethnicity: row.read('ethnicity', readEthnicity),
  email: row.read('email', readEmail),
  phones: readPhones(row, ''),
});

/** PatientAdmin has a yes or no for ethnicity, and plain email addresses. */
export const patientAdminDemographics = ({ shared, ssn, races, ethnicity, email, phones }: Demographics): Draft => ({
  ...shared,
  SSN: ssn,
  Race: races === undefined ? undefined : soleRace(races),
  IsHispanic: ethnicity === undefined ? undefined : isHispanic[ethnicity],
  PhoneNumber: phones,
  EmailAddresses: [email],
});

/**
 * Clinical Summary has race and ethnicity in words and coded, and email addresses as objects; it has no field for the
 * office phone. Any participant may be given a document, so the social security number is left out unless the site
 * wants it there.
 */
export const clinicalSummaryDemographics = (
  { shared, ssn, races, ethnicity, email, phones }: Demographics,
  { sendSsn }: MessageContext,
): Draft => ({
  ...shared,
  SSN: sendSsn === 'everywhere' ? ssn : undefined,
  Race: races === undefined ? undefined : soleRace(races),
  RaceCodes: (races ?? []).map((race) => cdcCode(raceCode[race], race)),
  Ethnicity: ethnicity,
  EthnicGroupCodes: ethnicity === undefined ? [] : [cdcCode(ethnicGroupCode[ethnicity], ethnicity)],
  PhoneNumber: { Home: phones.Home, Mobile: phones.Mobile },
  EmailAddresses: [{ Address: email }],
});

const cdcCode = (code: string | undefined, name: string): Draft =>
  code === undefined
    ? undefined
    : { Code: code, CodeSystem: cdcRaceAndEthnicity, CodeSystemName: 'CDC Race and Ethnicity', Name: name };

/** Reports a name that few searches would match; it is sent as it is. */
const readFirstName = (name: string): Reading<string> => read(name, ...nameDoubts(name));

const readMatchedLastName = (name: string): Reading<string> => {
  const { value = name, problems } = readLastName(name);
  return read(value, ...problems, ...nameDoubts(value));
};

const readPhones = (row: RowReader<PatientColumn>, prefix: '' | 'contact_'): Demographics['phones'] => ({
  Home: row.read(`${prefix}home_phone`, readPhone),
  Office: row.read(`${prefix}office_phone`, readPhone),
  Mobile: row.read(`${prefix}mobile_phone`, readPhone),
});

/** The patient's emergency contact or guardian; undefined without a name. Only PatientAdmin has a field for one. */
const readContact = (row: RowReader<PatientColumn>, { zipFormat }: MessageContext): Draft => {
  const contact = {
    FirstName: row.text('contact_first_name'),
    LastName: row.text('contact_last_name'),
    Address: readAddress(row, 'contact_', zipFormat),
    PhoneNumber: readPhones(row, 'contact_'),
    RelationToPatient: row.read('contact_relation', readRelationship),
    EmailAddresses: [row.read('contact_email', readEmail)],
    Roles: [row.text('contact_role')],
  };
  return contact.FirstName === undefined && contact.LastName === undefined ? undefined : contact;
};

/** A message's statement about death; undefined: left out. */
interface Death {
  readonly isDeceased: boolean | undefined;
  readonly at: string | undefined;
}

/**
 * Whether the patient has died, and when. `deceased` decides:
 *
 * - false: no date is sent.
 * - true: a plausible date is sent.
 * - empty: a plausible death date means death. Otherwise nothing is sent, unless a death was sent before; then the
 *   message says that the patient is alive.
 * - unreadable: nothing about death is sent.
 */
const readDeath = (
  row: RowReader<PatientColumn>,
  birthDate: string | undefined,
  wasDeathSent: boolean,
  calendar: Calendar,
): Death => {
  const given = row.text('deceased');
  const deceased = row.read('deceased', readBoolean);
  const at = row.read('deceased_at', (text) => readDeathTime(text, birthDate, calendar));
  if (deceased === false) {
    if (at !== undefined) row.keep('deceased_at', leftOut('death_contradicted'));
    return { isDeceased: false, at: undefined };
  }
  if (deceased === true) return { isDeceased: true, at };
  const isEmpty = given === undefined || saysNothingOfWhen(given);
  if (isEmpty && at !== undefined) return { isDeceased: true, at };
  if (!isEmpty || isGiven(row.text('deceased_at'))) row.keep('deceased_at', leftOut('death_unclear'));
  return { isDeceased: isEmpty && wasDeathSent ? false : undefined, at: undefined };
};

const isGiven = (text: string | undefined): boolean => text !== undefined && !saysNothingOfWhen(text);

/** A death date may not lie in the future or before birth. */
const readDeathTime = (text: string, birthDate: string | undefined, calendar: Calendar): Reading<string> => {
  const reading = readEventTime(text, calendar);
  if (reading.value === undefined) return reading;
  const date = reading.value.length === 10 ? reading.value : dateIn(calendar.ehrTimeZone, Date.parse(reading.value));
  const isBeforeBirth = birthDate !== undefined && date < birthDate;
  return date > calendar.today || isBeforeBirth ? leftOut('impossible_date') : read(reading.value, ...reading.problems);
};
