import {
  contract,
  type EncounterColumn,
  type Entity,
  type MergeColumn,
  type PatientColumn,
} from '../../contract/contract.ts';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';

/**
 * Field groups tell a report's reader what changed without showing values. Every column except `updated_at` belongs to
 * exactly one group.
 *
 * The groups of an encounter: when and whether it is over, where, by whom, why, and what it was and for whom.
 */
const patientGroups = {
  patient_id: 'identifiers',
  mrn: 'identifiers',
  ssn: 'identifiers',
  first_name: 'name',
  middle_name: 'name',
  last_name: 'name',
  birth_date: 'birth_and_sex',
  sex: 'birth_and_sex',
  street_address: 'address',
  city: 'address',
  state: 'address',
  zip: 'address',
  county: 'address',
  country: 'address',
  home_phone: 'contact',
  office_phone: 'contact',
  mobile_phone: 'contact',
  email: 'contact',
  deceased: 'death',
  deceased_at: 'death',
  race: 'other',
  ethnicity: 'other',
  marital_status: 'other',
  language: 'other',
  religion: 'other',
  suffix: 'name',
  former_last_name: 'name',
  contact_first_name: 'contact',
  contact_last_name: 'contact',
  contact_relation: 'contact',
  contact_role: 'contact',
  contact_home_phone: 'contact',
  contact_office_phone: 'contact',
  contact_mobile_phone: 'contact',
  contact_email: 'contact',
  contact_street_address: 'contact',
  contact_city: 'contact',
  contact_state: 'contact',
  contact_zip: 'contact',
  contact_county: 'contact',
  contact_country: 'contact',
  summary_version: 'other',
  identifiers_version: 'identifiers',
} as const satisfies Record<Exclude<PatientColumn, 'updated_at'>, string>;

const encounterGroups = {
  started_at: 'times',
  ended_at: 'times',
  status: 'times',
  class: 'place',
  facility_id: 'place',
  facility_name: 'place',
  department: 'place',
  provider_id: 'provider',
  provider_npi: 'provider',
  provider_first_name: 'provider',
  provider_last_name: 'provider',
  reason_code: 'reason',
  reason_code_system: 'reason',
  reason_name: 'reason',
  encounter_id: 'clinical',
  patient_id: 'clinical',
  type_code: 'clinical',
  type_code_system: 'clinical',
  type_name: 'clinical',
  discharge_disposition: 'clinical',
  clinical_version: 'clinical',
  provider_credentials: 'provider',
  provider_specialty_code: 'provider',
  provider_specialty_code_system: 'provider',
  provider_specialty_name: 'provider',
  provider_phone: 'provider',
  provider_email: 'provider',
  provider_street_address: 'provider',
  provider_city: 'provider',
  provider_state: 'provider',
  provider_zip: 'provider',
  provider_county: 'provider',
  provider_country: 'provider',
  facility_npi: 'place',
  facility_type_code: 'place',
  facility_type_code_system: 'place',
  facility_type_name: 'place',
  facility_phone: 'place',
  facility_street_address: 'place',
  facility_city: 'place',
  facility_state: 'place',
  facility_zip: 'place',
  facility_country: 'place',
  room: 'place',
  confidentiality: 'clinical',
} as const satisfies Record<Exclude<EncounterColumn, 'updated_at'>, string>;

const mergeGroups = {
  retired_patient_id: 'identifiers',
  surviving_patient_id: 'identifiers',
  merged_at: 'times',
} as const satisfies Record<MergeColumn, string>;

const groups = { patient: patientGroups, merge: mergeGroups, encounter: encounterGroups } as const;

export type FieldGroup = {
  [E in Entity]: (typeof groups)[E][keyof (typeof groups)[E]];
}[Entity];

/** The group of a column; undefined for `updated_at`. */
export const groupOf = (entity: Entity, column: string): FieldGroup | undefined => {
  const ofEntity: Readonly<Record<string, FieldGroup>> = groups[entity];
  return ofEntity[column];
};

/** The columns of each group: groups in the order of this file, columns in the contract's. */
const columnsByGroup = (entity: Entity): ReadonlyMap<FieldGroup, readonly string[]> => {
  const columns: readonly string[] = contract[entity].columns;
  const names = new Set<FieldGroup>(Object.values(groups[entity]));
  return new Map(Array.from(names, (group) => [group, columns.filter((column) => groupOf(entity, column) === group)]));
};

/** Computed once, because every fetched row needs them. */
const groupColumns = {
  patient: columnsByGroup('patient'),
  merge: columnsByGroup('merge'),
  encounter: columnsByGroup('encounter'),
} as const;

/** The groups of an entity, in the order of this file. */
export const groupsOf = (entity: Entity): readonly FieldGroup[] => [...groupColumns[entity].keys()];

interface GroupLine {
  readonly group: FieldGroup;
  /** Column, value, column, value … for the values that are not null: different values always give different texts. */
  readonly text: string;
}

/**
 * One text per group, as input of the fingerprint. Nulls are omitted, so a release that adds a column leaves the text
 * of existing rows as it was. The sections of a visit belong to its group `clinical`, by their digests.
 */
export const groupLines = (
  entity: Entity,
  row: Readonly<Record<string, string | null>>,
  sectionDigests: readonly number[] = [],
): readonly GroupLine[] =>
  Array.from(groupColumns[entity], ([group, columns]) => {
    const texts: string[] = [];
    for (const column of columns) {
      const value = row[column] ?? null;
      if (value !== null) texts.push(column, value);
    }
    if (group === 'clinical') texts.push(...sectionDigests.map(String));
    return { group, text: encodeCopyLine(texts) };
  });
