import * as arrangement from './section/arrangement.ts';
import { key, type Column, type SectionContract } from './section/column.ts';
import * as condition from './section/condition.ts';
import * as measurement from './section/measurement.ts';
import * as treatment from './section/treatment.ts';

/**
 * The clinical sections of a visit: what `sections/<section>.sql` of a contract may give. `contract.ts` has the main
 * queries; a value is text as Postgres prints it, or null, here as there.
 *
 * Every section has `encounter_id` first, which says whose visit the row is of, and nothing else that it must give.
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

/** The columns of a section in canonical order. */
export const sectionColumns = <S extends Section>(section: S): readonly SectionColumn<S>[] =>
  columnsOf.get(section) as readonly SectionColumn<S>[];

/** What a column of a section holds; undefined where the section has no such column. */
export const columnOf = (section: Section, column: string): Column | undefined =>
  column === 'encounter_id' ? encounterId : sectionContract[section].columns[column];

/** Columns that the query of a section must give, and that are never null. */
export const requiredSectionColumns = ['encounter_id'] as const;

/** One row of a section as the contract gives it; a column that the contract leaves out is null. */
export type SectionRow<S extends Section = Section> = Readonly<Record<SectionColumn<S>, string | null>>;

/** What the contract gives of one visit. A section that it does not have, or that has no rows, says nothing. */
export type SectionRows = { readonly [S in Section]?: readonly SectionRow<S>[] };
