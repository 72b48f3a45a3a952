import type { PatientColumn, PatientRow } from '../contract/contract.ts';
import { patientForms } from '../contract/contract-forms.ts';
import { cleanedRow } from '../contract/row/cleaned-row.ts';
import { readCalendarDate, type Calendar } from '../values/time/event-time.ts';
import type { Finding } from '../values/finding.ts';
import { nameDoubts } from '../values/person/person-name.ts';
import { read, type Reading } from '../values/reading.ts';
import { RowReader } from '../contract/row/row-reader.ts';
import { readEmail } from '../values/contact/email.ts';
import { ethnicGroupCode, isHispanic, readEthnicity, type Ethnicity } from '../values/person/ethnicity.ts';
import { readLanguage } from '../values/person/language.ts';
import { readMaritalStatus } from '../values/person/marital-status.ts';
import { readPhone } from '../values/contact/phone.ts';
import { cdcRaceAndEthnicity, raceCode, readRaces, soleRace, type Race } from '../values/person/race.ts';
import { readSex } from '../values/person/sex.ts';
import { readSsn } from '../values/person/ssn.ts';
import { readAddress } from './address.ts';
import { readDeath, type Death } from './death.ts';
import type { Draft } from './present.ts';

/** A patient's row in Redox's values: read once, then written in the form of either data model. */
interface Demographics {
  /** The fields that both data models share. */
  readonly shared: Readonly<Record<string, Draft>>;
  readonly races: readonly [Race, ...Race[]] | undefined;
  readonly ethnicity: Ethnicity | undefined;
  readonly email: string | undefined;
  readonly phones: Readonly<Record<'Home' | 'Office' | 'Mobile', string | undefined>>;
  /** As `Built.saysDead`. */
  readonly saysDead: boolean;
  readonly findings: readonly Finding[];
}

/** Knowledge about a patient from outside the row. */
export interface SentBefore {
  /** The patient's death was sent, and not withdrawn since. */
  readonly wasDeathSent: boolean;
}

export const readDemographics = (
  patient: PatientRow,
  { wasDeathSent }: SentBefore,
  calendar: Calendar,
): Demographics => {
  const findings: Finding[] = [];
  const row = new RowReader<PatientColumn>(cleanedRow<PatientColumn>(patient, patientForms, findings), findings);
  const birthDate = row.read('birth_date', (text) => readCalendarDate(text, calendar));
  const death = readDeath(row, birthDate, wasDeathSent, calendar);
  return {
    ...valuesOf(row, birthDate, death),
    saysDead: death.isDeceased ?? wasDeathSent,
    findings,
  };
};

const valuesOf = (
  row: RowReader<PatientColumn>,
  birthDate: string | undefined,
  death: Death,
): Omit<Demographics, 'saysDead' | 'findings'> => ({
  shared: {
    FirstName: row.read('first_name', readMatchName),
    MiddleName: row.text('middle_name'),
    LastName: row.read('last_name', readMatchName),
    DOB: birthDate,
    SSN: row.read('ssn', readSsn),
    Sex: row.read('sex', readSex),
    MaritalStatus: row.read('marital_status', readMaritalStatus),
    Language: row.read('language', readLanguage),
    Religion: row.text('religion'),
    Address: readAddress(row, ''),
    IsDeceased: death.isDeceased,
    DeathDateTime: death.at,
  },
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
export const patientAdminDemographics = ({ shared, races, ethnicity, email, phones }: Demographics): Draft => ({
  ...shared,
  Race: races === undefined ? undefined : soleRace(races),
  IsHispanic: ethnicity === undefined ? undefined : isHispanic[ethnicity],
  PhoneNumber: phones,
  EmailAddresses: [email],
});

/**
 * Clinical Summary has race and ethnicity in words and coded, and email addresses as objects; it has no field for the
 * office phone.
 */
export const clinicalSummaryDemographics = ({ shared, races, ethnicity, email, phones }: Demographics): Draft => ({
  ...shared,
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

/** Reports a first or last name that few searches would match; it is sent as it is. */
const readMatchName = (name: string): Reading<string> => read(name, ...nameDoubts(name));
