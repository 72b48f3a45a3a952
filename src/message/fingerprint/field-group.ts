import {
  contract,
  type EncounterColumn,
  type Entity,
  type MergeColumn,
  type PatientColumn,
} from '../../contract/contract.ts';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { SectionRows } from '../../contract/section.ts';
import { sectionTexts } from '../../contract/section/rows.ts';

/**
 * Field groups: what a report says changed when it must not say the value. Every column belongs to exactly one group,
 * but `updated_at`, which says when a row changed and is nothing that Redox is told.
 *
 * The groups of an encounter answer: when and whether it is over, where, by whom, why, and what it was and whose.
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

/** The group of a column, or undefined for `updated_at`. */
export const groupOf = (entity: Entity, column: string): FieldGroup | undefined => {
  const ofEntity: Readonly<Record<string, FieldGroup>> = groups[entity];
  return ofEntity[column];
};

/** The columns of each group of an entity: groups in the order of this file, columns in that of the contract. */
const columnsByGroup = (entity: Entity): ReadonlyMap<FieldGroup, readonly string[]> => {
  const columns: readonly string[] = contract[entity].columns;
  const names = new Set<FieldGroup>(Object.values(groups[entity]));
  return new Map(Array.from(names, (group) => [group, columns.filter((column) => groupOf(entity, column) === group)]));
};

/** Worked out once: every row that is fetched asks for them. */
const groupColumns = {
  patient: columnsByGroup('patient'),
  merge: columnsByGroup('merge'),
  encounter: columnsByGroup('encounter'),
} as const;

/** The groups of an entity, each once, in the order of this file. */
export const groupsOf = (entity: Entity): readonly FieldGroup[] => [...groupColumns[entity].keys()];

interface GroupLine {
  readonly group: FieldGroup;
  /** Column, value, column, value … of what is not null: different values never give the same text. */
  readonly text: string;
}

/**
 * One text per group, to be fingerprinted. A null leaves no trace in it, so a release that knows one column more does
 * not change the text of rows that do not have it. What the sections of a visit say belongs to its group `clinical`.
 */
export const groupLines = (
  entity: Entity,
  row: Readonly<Record<string, string | null>>,
  sections: SectionRows = {},
): readonly GroupLine[] =>
  Array.from(groupColumns[entity], ([group, columns]) => {
    const texts: string[] = [];
    for (const column of columns) {
      const value = row[column] ?? null;
      if (value !== null) texts.push(column, value);
    }
    if (group === 'clinical') texts.push(...sectionTexts(sections));
    return { group, text: encodeCopyLine(texts) };
  });
