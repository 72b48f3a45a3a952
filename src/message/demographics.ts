import type { PatientColumn, PatientRow } from '../contract/contract.ts';
import { patientForms } from '../contract/contract-forms.ts';
import { cleanedRow } from '../contract/row/cleaned-row.ts';
import { readCalendarDate } from '../values/time/event-time.ts';
import type { Finding } from '../values/finding.ts';
import { readLastName, nameDoubts } from '../values/person/person-name.ts';
import { read, type Reading } from '../values/reading.ts';
import { RowReader } from '../contract/row/row-reader.ts';
import { readEmail, readPhone } from '../values/contact/telecom.ts';
import {
  ethnicGroupCode,
  isHispanic,
  readEthnicity,
  type Ethnicity,
  readMaritalStatus,
  cdcRaceAndEthnicity,
  raceCode,
  readRaces,
  soleRace,
  type Race,
  readSex,
  readLanguage,
} from '../values/person/value-sets.ts';
import { readSsn } from '../values/person/ssn.ts';
import { readAddress } from './address.ts';
import { readContact } from './contact.ts';
import type { MessageContext } from './context.ts';
import { readDeath, type Death } from './death.ts';
import type { Draft } from './present.ts';

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
  phones: {
    Home: row.read('home_phone', readPhone),
    Office: row.read('office_phone', readPhone),
    Mobile: row.read('mobile_phone', readPhone),
  },
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
