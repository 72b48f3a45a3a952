import { readEmail, readPhone } from '../../values/contact/telecom.ts';
import { readNpi } from '../../values/identifier.ts';
import { listOf } from '../document/clinician.ts';
import { idTypes } from '../code-system.ts';
import type { SectionBuilder, Item } from '../item/item.ts';
import { grouped } from '../item/items.ts';
import { sectionText } from '../item/text.ts';
import type { Draft } from '../parts.ts';
import { inOneLine } from '../wording.ts';

type Member = Item<'care_team'>;

export const buildCareTeam: SectionBuilder<'care_team'> = (items) => ({
  CareTeams: grouped(items).map((members) => ({
    Name: members[0].text('team_name'),
    Status: members[0].text('team_status'),
    Types: [members[0].coded('team_type_')],
    Members: members.map(memberOf),
  })),
  CareTeamsText: sectionText(items, namedWithDuty),
});

const memberOf = (item: Member): Draft => {
  const { StartDate, EndDate } = item.period('started_at', 'ended_at');
  return {
    FirstName: item.text('first_name'),
    MiddleName: item.text('middle_name'),
    LastName: item.text('last_name'),
    Credentials: listOf(item.text('credentials')),
    Identifiers: identifiersOf(item),
    Roles: [item.codedPlus('role_')],
    StartDateTime: StartDate,
    EndDateTime: EndDate,
    Address: item.address(''),
    Telecom: [telecom('phone', item.read('phone', readPhone)), telecom('email', item.read('email', readEmail))],
  };
};

const telecom = (system: string, value: string | undefined): Draft =>
  value === undefined ? undefined : { System: system, Use: 'WP', Value: value };

type Identifier = Readonly<Record<'ID' | 'IDType', string>>;

/** The NPI first, because it identifies the clinician everywhere. */
const identifiersOf = (item: Member): readonly Identifier[] => {
  const npi = item.read('npi', readNpi);
  const { ID, IDType } = item.identifier('');
  return [
    ...(npi === undefined ? [] : [{ ID: npi, IDType: idTypes.npi }]),
    ...(ID === undefined ? [] : [{ ID, IDType: IDType ?? idTypes.provider }]),
  ];
};

/** Readers look for the primary care clinician first. */
const namedWithDuty = (item: Member): string | undefined => {
  if (item.boolean('primary_care') !== true) return undefined;
  const names = (['first_name', 'middle_name', 'last_name'] as const).map((column) => item.text(column));
  return inOneLine([inOneLine(names, ' '), 'primary care'], ', ');
};

/** A member as one of the clinicians that a document names. */
interface TeamClinician {
  readonly ids: readonly string[];
  readonly entry: Draft;
}

export interface TeamClinicians {
  /** `Header.PCP`. */
  readonly primary: Readonly<Record<string, Draft>> | undefined;
  readonly primaryNpi: string | undefined;
  /** Who took part in the visit, for `Encounters[].Providers`. */
  readonly ofVisit: readonly TeamClinician[];
}

export const teamClinicians = (items: readonly Member[]): TeamClinicians => {
  const primary = items.find((item) => item.boolean('primary_care') === true);
  return {
    primary: primary === undefined ? undefined : clinicianOf(primary),
    primaryNpi: primary?.read('npi', readNpi),
    ofVisit: items
      .filter((item) => item.boolean('took_part') === true)
      .map((item) => ({
        ids: identifiersOf(item).map(({ ID }) => ID),
        entry: { ...clinicianOf(item), NPI: item.read('npi', readNpi), Role: item.codedPlus('role_') },
      })),
  };
};

const clinicianOf = (item: Member): Readonly<Record<string, Draft>> => ({
  ...identifiersOf(item)[0],
  FirstName: item.text('first_name'),
  LastName: item.text('last_name'),
  Credentials: listOf(item.text('credentials')),
  Address: item.address(''),
  EmailAddresses: [item.read('email', readEmail)],
  PhoneNumber: { Office: item.read('phone', readPhone) },
});
