import type { PatientColumn } from '../contract.ts';
import type { RowReader } from '../row-reader.ts';
import { readDate, readTime } from '../time.ts';
import { readBoolean } from '../value-set/boolean.ts';
import { readEmail } from '../value-set/email.ts';
import { ethnicGroupCode, isHispanic, readEthnicity, type Ethnicity } from '../value-set/ethnicity.ts';
import { readLanguage } from '../value-set/language.ts';
import { readMaritalStatus } from '../value-set/marital-status.ts';
import { readPhone } from '../value-set/phone.ts';
import { cdcRaceAndEthnicity, raceCode, readRace, type Race } from '../value-set/race.ts';
import { readSex } from '../value-set/sex.ts';
import { readSsn } from '../value-set/ssn.ts';
import { readAddress } from './address.ts';
import type { Draft } from './present.ts';

type PatientReader = RowReader<PatientColumn>;

/** What a patient's row says, in Redox's values: read once, and told in the words of either data model. */
interface Demographics {
  /** What both data models call the same. */
  readonly shared: Readonly<Record<string, Draft>>;
  readonly race: Race | undefined;
  readonly ethnicity: Ethnicity | undefined;
  readonly email: string | undefined;
  readonly phones: Readonly<Record<'Home' | 'Office' | 'Mobile', string | undefined>>;
}

export const readDemographics = (row: PatientReader, zone: string): Demographics => ({
  shared: {
    FirstName: row.text('first_name'),
    MiddleName: row.text('middle_name'),
    LastName: row.text('last_name'),
    DOB: row.read('birth_date', readDate),
    SSN: row.read('ssn', readSsn),
    Sex: row.read('sex', readSex),
    MaritalStatus: row.read('marital_status', readMaritalStatus),
    Language: row.read('language', readLanguage),
    Religion: row.text('religion'),
    Address: readAddress(row, ''),
    ...readDeath(row, zone),
  },
  race: row.read('race', readRace),
  ethnicity: row.read('ethnicity', readEthnicity),
  email: row.read('email', readEmail),
  phones: {
    Home: row.read('home_phone', readPhone),
    Office: row.read('office_phone', readPhone),
    Mobile: row.read('mobile_phone', readPhone),
  },
});

/** PatientAdmin: a yes or no for the ethnicity, plain email addresses. */
export const patientAdminDemographics = ({ shared, race, ethnicity, email, phones }: Demographics): Draft => ({
  ...shared,
  Race: race,
  IsHispanic: ethnicity === undefined ? undefined : isHispanic[ethnicity],
  PhoneNumber: phones,
  EmailAddresses: [email],
});

/** Clinical Summary: the ethnicity in words, both coded too; email addresses as objects; no place for the office phone. */
export const clinicalSummaryDemographics = ({ shared, race, ethnicity, email, phones }: Demographics): Draft => ({
  ...shared,
  Race: race,
  RaceCodes: race === undefined ? [] : [cdcCode(raceCode[race], race)],
  Ethnicity: ethnicity,
  EthnicGroupCodes: ethnicity === undefined ? [] : [cdcCode(ethnicGroupCode[ethnicity], ethnicity)],
  PhoneNumber: { Home: phones.Home, Mobile: phones.Mobile },
  EmailAddresses: [{ Address: email }],
});

const cdcCode = (code: string | undefined, name: string): Draft =>
  code === undefined
    ? undefined
    : { Code: code, CodeSystem: cdcRaceAndEthnicity, CodeSystemName: 'CDC Race and Ethnicity', Name: name };

/** A date of death says that the patient died, also where `deceased` says nothing or no. */
const readDeath = (row: PatientReader, zone: string): Readonly<Record<string, Draft>> => {
  const deceased = row.read('deceased', readBoolean);
  const deathDateTime = row.read('deceased_at', (text) => readTime(text, zone));
  return { IsDeceased: deathDateTime === undefined ? deceased : true, DeathDateTime: deathDateTime };
};
