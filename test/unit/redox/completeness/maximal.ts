import { join } from 'node:path';
import { readOrganizationFile } from '../../../../src/config/file/organization-file.ts';
import {
  encounterColumns,
  patientColumns,
  type EncounterRow,
  type PatientRow,
} from '../../../../src/contract/contract.ts';
import { columnOf, sectionColumns, sections, type Section, type SectionRow } from '../../../../src/contract/section.ts';
import type { Kind } from '../../../../src/contract/section/column.ts';
import type { SectionRows } from '../../../../src/contract/section.ts';
import type { PatientDetails } from '../../../../src/contract/patient-details.ts';
import type { MessageContext } from '../../../../src/message/context.ts';
import { packageRoot } from '../../../../src/package-root.ts';
import { context, encounterRow, patientRow } from '../../message/rows.ts';

/** A contract that gives everything: every column of every query, with a value that its reader takes. */

/** By name, in any query; the first that matches. */
const byName: readonly (readonly [RegExp, string])[] = [
  [/(?:^|_)npi$/, '1234567893'],
  [/code_system$/, '2.16.840.1.113883.6.96'],
  [/(?:^|_)code$/, '44054006'],
  [/(?:^|_)phone$/, '608-555-1234'],
  [/(?:^|_)email$/, 'somebody@example.org'],
  [/(?:^|_)state$/, 'WI'],
  [/(?:^|_)zip$/, '53703'],
  [/(?:^|_)country$/, 'US'],
  [/(?:^|_)sex$/, 'F'],
  [/(?:relation|relationship)$/, 'Mother'],
  [/credentials$/, 'MD'],
  [/^deceased$|_deceased$/, 't'],
  [/^(?:birth_date|.*_birth_date)$/, '1950-02-03'],
  [/(?:_at|_date)$/, '2023-01-27'],
  [/^class$/, 'inpatient'],
  [/^status$/, 'finished'],
  [/^race$/, 'White'],
  [/^ethnicity$/, 'Hispanic or Latino'],
  [/^marital_status$/, 'Married'],
  [/^language$/, 'en'],
  [/^ssn$/, '101-01-0001'],
  [/^confidentiality$/, 'R'],
];

const named = (column: string): string | undefined => byName.find(([pattern]) => pattern.test(column))?.[1];

const bySection: Readonly<Record<string, string>> = {
  'insurances.agreement_type': 'Standard',
  'insurances.coverage_type': 'Patient',
  'allergies.type': 'drug allergy',
  'notes.content_type': 'pdf',
  'results.value_type': 'PhysicalQuantity',
};

const byKind: Readonly<Partial<Record<Kind, string>>> = {
  boolean: 't',
  negation: 'f',
  count: '3',
  number: '5',
  file: Buffer.from('%PDF-1.7').toString('base64'),
  time: '2023-01-27 11:20:00',
  date: '2023-01-27',
};

const sectionValue = (section: Section, column: string): string => {
  const kind = columnOf(section, column)?.kind ?? 'line';
  const special = bySection[`${section}.${column}`];
  if (special !== undefined) return special;
  if (column === 'status') return 'active';
  if (/^(?:severity|reaction_severity)$/.test(column)) return 'mild';
  if (/^(?:criticality|interpretation)$/.test(column)) return 'high';
  if (column === 'value') return '5';
  return byKind[kind] ?? named(column) ?? column;
};

/** The lists of Redox among which a section's `kind` chooses. */
const kinds: Readonly<Partial<Record<Section, readonly string[]>>> = {
  medications: ['current', 'discharge', 'administered'],
  procedures: ['procedure', 'observation', 'service'],
  plan_of_care: ['order', 'procedure', 'encounter', 'supply', 'service', 'medication'],
  social_history: ['observation', 'tobacco', 'pregnancy'],
  notes: [
    ...['note', 'chief_complaint', 'history_of_present_illness', 'interventions', 'medical_history', 'objective'],
    ...['physical_exam', 'reason_for_referral', 'review_of_systems', 'subjective', 'instructions', 'reason_for_visit'],
  ],
};

const rowOf = <S extends Section>(section: S, values: Readonly<Record<string, string>>): SectionRow<S> =>
  Object.fromEntries(
    sectionColumns(section).map((column) => [column, values[column] ?? sectionValue(section, column)]),
  ) as SectionRow<S>;

const rowsOf = (section: Section): readonly SectionRow[] => {
  const ofKinds = (kinds[section] ?? ['']).map((kind) => rowOf(section, { kind, reason_not_given: '' }));
  // One row is there twice: as resolved, as not given.
  if (section === 'problems') return [...ofKinds, rowOf(section, { status: 'resolved' })];
  return 'reason_not_given' in (ofKinds[0] ?? {}) ? [...ofKinds, rowOf(section, { kind: 'administered' })] : ofKinds;
};

export const everySection = Object.fromEntries(
  sections.map((section) => [section, rowsOf(section)]),
) as unknown as SectionRows;

const columnsFilled = (columns: readonly string[], values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(columns.map((column) => [column, values[column] ?? named(column) ?? column]));

export const everyPatientColumn: PatientRow = patientRow({
  ...columnsFilled(patientColumns, { birth_date: '1950-02-03', updated_at: '2024-01-01' }),
  patient_id: '1',
});

export const everyVisitColumn: EncounterRow = encounterRow({
  ...columnsFilled(encounterColumns, {
    started_at: '2023-01-27 11:17:00',
    ended_at: '2023-01-29 11:17:00',
    discharge_disposition: '01',
  }),
  encounter_id: 'e-1',
  patient_id: '1',
});

const example = readOrganizationFile(join(packageRoot, 'jobs/organization.example.json'), context.organizationOid);
const phone = { home: '+16085551201', mobile: '+16085551202', work: '+16085551200' };

export const everySetting: MessageContext = {
  ...context,
  sendSsn: 'everywhere',
  sender: { ...example, contacts: example.contacts.map((contact) => ({ ...contact, phone })) },
  network: {
    name: 'tefca-commonwell',
    organizationName: 'Monroe Clinic',
    userId: 'Doolittle, John',
    userRole: { code: '112247003', name: 'Medical Doctor' },
  },
};

/** What a patient's own messages have besides the row. */
export const everyDetail: PatientDetails = {
  identifiers: [{ patient_id: '1', id: 'E-1', type: 'EHRID' }],
  ...(everySection.care_team === undefined ? {} : { care_team: everySection.care_team }),
  ...(everySection.insurances === undefined ? {} : { insurances: everySection.insurances }),
};
