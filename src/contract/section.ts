import * as arrangement from './section/arrangement.ts';
import { key, type Column, type SectionContract } from './section/column.ts';
import * as condition from './section/condition.ts';
import * as measurement from './section/measurement.ts';
import * as treatment from './section/treatment.ts';

/**
 * The clinical sections of a visit: the columns of `sections/<section>.sql`. As in `contract.ts`, a value is null or
 * the text that Postgres prints.
 *
 * Every section begins with `encounter_id`, its only required column.
 */
const contracts = {
  allergies: condition.allergies,
  problems: condition.problems,
  medications: treatment.medications,
  immunizations: treatment.immunizations,
  procedures: treatment.procedures,
  results: measurement.results,
  vital_signs: measurement.vitalSigns,
  plan_of_care: treatment.planOfCare,
  social_history: condition.socialHistory,
  family_history: condition.familyHistory,
  medical_equipment: treatment.medicalEquipment,
  assessment: condition.assessment,
  admission_diagnosis: condition.admissionDiagnosis,
  discharge_diagnosis: condition.dischargeDiagnosis,
  advance_directives: arrangement.advanceDirectives,
  goals: arrangement.goals,
  insurances: arrangement.insurances,
  notes: arrangement.notes,
  health_concerns: condition.healthConcerns,
  care_team: arrangement.careTeam,
  functional_status: measurement.functionalStatus,
  supplies: treatment.supplies,
} as const satisfies Record<string, SectionContract>;

export type Section = keyof typeof contracts;
export type SectionColumn<S extends Section> = 'encounter_id' | (keyof (typeof contracts)[S]['columns'] & string);

export const sections = Object.keys(contracts) as readonly Section[];

export const isSection = (name: string): name is Section => Object.hasOwn(contracts, name);

export const sectionContract: Readonly<Record<Section, SectionContract>> = contracts;

const encounterId = key('The visit, as in encounters.sql');

const columnsOf: ReadonlyMap<Section, readonly string[]> = new Map(
  sections.map((section) => [section, ['encounter_id', ...Object.keys(contracts[section].columns)]]),
);

export const sectionColumns = <S extends Section>(section: S): readonly SectionColumn<S>[] =>
  columnsOf.get(section) as readonly SectionColumn<S>[];

/** Undefined where the section has no such column. */
export const columnOf = (section: Section, column: string): Column | undefined =>
  column === 'encounter_id' ? encounterId : sectionContract[section].columns[column];

/** Columns that a section's query must return, never null. */
export const requiredSectionColumns = ['encounter_id'] as const;

/** One row of a section; a column that the contract omits is null. */
export type SectionRow<S extends Section = Section> = Readonly<Record<SectionColumn<S>, string | null>>;

/** The sections of one visit. A missing section means the same as one without rows. */
export type SectionRows = { readonly [S in Section]?: readonly SectionRow<S>[] };
