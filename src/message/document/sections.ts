import type { Finding } from '../../values/reading.ts';
import { sections, type Section, type SectionRows } from '../../contract/section.ts';
import type { MessageContext } from '../context.ts';
import { isFields, type Draft } from '../parts.ts';
import { buildAdvanceDirectives, buildGoals, buildInsurances } from '../section/arrangement.ts';
import { buildCareTeam, teamClinicians, type TeamClinicians } from '../section/care-team.ts';
import { buildFunctionalStatus, buildSupplies, buildResults, buildVitalSigns } from '../section/measurement.ts';
import {
  buildAllergies,
  buildAdmissionDiagnosis,
  buildAssessment,
  buildDischargeDiagnosis,
  diagnosesOfVisit,
  buildFamilyHistory,
  buildHealthConcerns,
  buildProblems,
  buildSocialHistory,
} from '../section/condition.ts';
import type { SectionBuilder, Item } from '../item/item.ts';
import {
  buildImmunizations,
  buildMedicalEquipment,
  buildMedications,
  buildPlanOfCare,
  buildProcedures,
} from '../section/treatment.ts';
import { itemsOf } from '../item/items.ts';
import { buildNotes } from '../section/notes.ts';

/** The builder of each section. */
const builders: { readonly [S in Section]: SectionBuilder<S> } = {
  allergies: buildAllergies,
  problems: buildProblems,
  medications: buildMedications,
  immunizations: buildImmunizations,
  procedures: buildProcedures,
  results: buildResults,
  vital_signs: buildVitalSigns,
  plan_of_care: buildPlanOfCare,
  social_history: buildSocialHistory,
  family_history: buildFamilyHistory,
  medical_equipment: buildMedicalEquipment,
  assessment: buildAssessment,
  admission_diagnosis: buildAdmissionDiagnosis,
  discharge_diagnosis: buildDischargeDiagnosis,
  advance_directives: buildAdvanceDirectives,
  goals: buildGoals,
  insurances: buildInsurances,
  notes: buildNotes,
  health_concerns: buildHealthConcerns,
  care_team: buildCareTeam,
  functional_status: buildFunctionalStatus,
  supplies: buildSupplies,
};

interface BuiltSections {
  /** The sections, coded part and text, under Redox's keys. */
  readonly json: Readonly<Record<string, Draft>>;
  /** `Encounters[].Diagnosis` of the visit. */
  readonly diagnoses: readonly Draft[];
  readonly team: TeamClinicians;
  /** Each problem of a column once, however many rows have it. The column is `<section>.<column>`. */
  readonly findings: readonly Finding[];
}

/** The clinical content of one visit, to which notes refer as `visit`; the order of the rows is irrelevant. */
export const buildSections = (rows: SectionRows, context: MessageContext, visit?: Draft): BuiltSections => {
  const filled = sections.filter((section) => (rows[section] ?? []).length > 0);
  const findings = new Map<Section, Finding[]>(filled.map((section) => [section, []]));
  const items = Object.fromEntries(
    filled.map((section) => [
      section,
      itemsOf(
        { section, calendar: context, zipFormat: context.zipFormat, findings: findings.get(section) ?? [], visit },
        rows[section] ?? [],
      ),
    ]),
  ) as ItemsOfSections;
  const json: Record<string, Draft> = {};
  for (const section of filled) {
    for (const [key, part] of Object.entries(built(section, items))) json[key] = joined(json[key], part);
  }
  const diagnoses = diagnosesOfVisit(items);
  const team = teamClinicians(items.care_team ?? []);
  return { json, diagnoses, team, findings: [...findings].flatMap(([section, found]) => distinctIn(section, found)) };
};

/** Has only the sections with rows. */
type ItemsOfSections = { readonly [S in Section]?: readonly Item<S>[] };

const built = <S extends Section>(section: S, items: Pick<ItemsOfSections, S>): Readonly<Record<string, Draft>> =>
  builders[section](items[section] ?? []);

/** Two sections that share a key of Redox: the lists of both, and the texts one after the other. */
const joined = (one: Draft, other: Draft): Draft => {
  if (typeof one === 'string' && typeof other === 'string') return one + other;
  return isFields(one) && isFields(other) ? { ...one, ...other } : (other ?? one);
};

/** Reports each problem of a column once, however many rows have it. */
const distinctIn = (section: Section, findings: readonly Finding[]): readonly Finding[] => {
  if (findings.length === 0) return [];
  const distinct = new Map(findings.map((finding) => [`${finding.column} ${finding.problem}`, finding]));
  return [...distinct.values()].map(({ column, problem }) => ({ column: `${section}.${column}`, problem }));
};
