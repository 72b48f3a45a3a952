import { join } from 'node:path';
import { readOrganizationFile } from '../../src/config/file/organization-file.ts';
import { sectionColumns, type Section, type SectionRows } from '../../src/contract/section.ts';
import type { JsonObject } from '../../src/json.ts';
import { buildSummaryPush } from '../../src/message/document/summary.ts';
import { buildVisitPush } from '../../src/message/document/visit.ts';
import { packageRoot } from '../../src/package-root.ts';
import { context, encounterRow, patientRow, versionOf } from '../../test/unit/message/rows.ts';

/** The visits whose documents docs/*.png show, of a patient who was made up. */

type Values = Readonly<Record<string, string>>;

const rows = (section: Section, ...given: readonly Values[]): SectionRows => ({
  [section]: given.map((values) => ({
    ...Object.fromEntries(sectionColumns(section).map((column) => [column, null])),
    encounter_id: '1',
    ...values,
  })),
});

const patient = patientRow({
  patient_id: '1042',
  first_name: 'Ana',
  middle_name: 'María',
  last_name: 'Ruiz',
  birth_date: '1950-05-01',
  sex: 'F',
  street_address: '12 Elm St',
  city: 'Madison',
  state: 'WI',
  zip: '53703',
  country: 'US',
});

const place = {
  facility_id: 'F1',
  facility_name: 'Monroe Clinic',
  department: 'Family Medicine',
  provider_npi: '1234567893',
  provider_first_name: 'Grace',
  provider_last_name: 'Okafor',
  provider_credentials: 'MD',
  provider_phone: '608-555-1201',
};

const snomed = { code_system: 'SNOMED CT' };
const icd = { code_system: 'ICD-10-CM' };
const careTeam = rows(
  'care_team',
  {
    first_name: 'Pat',
    last_name: 'Granite',
    role_name: 'Family physician',
    npi: '1467500009',
    phone: '608-555-1234',
    primary_care: 't',
  },
  { first_name: 'Sam', last_name: 'Reed', role_name: 'Case manager', phone: '608-555-1299' },
);
const allergies = rows(
  'allergies',
  {
    substance_name: 'Penicillin V',
    substance_code: '7984',
    substance_code_system: 'RxNorm',
    severity: 'severe',
    status: 'active',
    reaction_name: 'Anaphylaxis',
  },
  { type: 'food', negated: 't' },
);

const outpatient: SectionRows = {
  ...allergies,
  ...rows(
    'problems',
    { name: 'Type 2 diabetes mellitus', code: '44054006', ...snomed, status: 'active', started_at: '2014-03-01' },
    {
      name: 'Pneumonia',
      code: '233604007',
      ...snomed,
      status: 'resolved',
      started_at: '2021-02-01',
      ended_at: '2021-03-01',
    },
  ),
  ...rows('medications', {
    name: 'Metformin 500 MG Oral Tablet',
    code: '861007',
    code_system: 'RxNorm',
    sig: 'One tablet twice a day with meals',
    started_at: '2014-03-10',
    status: 'active',
  }),
  ...rows(
    'immunizations',
    { name: 'Influenza vaccine', code: '140', code_system: 'CVX', given_at: '2023-01-27', status: 'completed' },
    {
      name: 'Pneumococcal vaccine',
      code: '33',
      code_system: 'CVX',
      status: 'refused',
      reason_not_given: 'Patient wants to think about it',
    },
  ),
  ...rows(
    'vital_signs',
    {
      name: 'Systolic blood pressure',
      code: '8480-6',
      code_system: 'LOINC',
      value: '132',
      units: 'mm[Hg]',
      observed_at: '2023-01-27 11:20',
    },
    {
      name: 'Body weight',
      code: '29463-7',
      code_system: 'LOINC',
      value: '71.5',
      units: 'kg',
      observed_at: '2023-01-27 11:20',
    },
  ),
  ...rows('notes', {
    code: '11506-3',
    code_system: 'LOINC',
    name: 'Progress note',
    written_at: '2023-01-27 11:31',
    text: 'Sugar well controlled.\nNext visit in three months.',
  }),
  ...careTeam,
};

const inpatient: SectionRows = {
  ...allergies,
  ...rows('admission_diagnosis', {
    name: 'Pneumonia, unspecified organism',
    code: 'J18.9',
    ...icd,
    started_at: '2023-02-01',
  }),
  ...rows(
    'discharge_diagnosis',
    { name: 'Lobar pneumonia', code: 'J18.1', ...icd, status: 'resolved' },
    { name: 'Pulmonary embolism', code: 'I26.99', ...icd, negated: 't' },
  ),
  ...rows('procedures', {
    name: 'Plain chest X-ray',
    code: '399208008',
    ...snomed,
    performed_at: '2023-02-01 15:10',
    status: 'completed',
  }),
  ...rows(
    'results',
    {
      panel_name: 'Complete blood count',
      name: 'Leukocytes',
      code: '6690-2',
      code_system: 'LOINC',
      value: '14.2',
      units: '10*3/uL',
      interpretation: 'H',
      status: 'final',
      observed_at: '2023-02-01 14:40',
      reference_text: '4.5 to 11',
    },
    {
      panel_name: 'Complete blood count',
      name: 'Hemoglobin',
      code: '718-7',
      code_system: 'LOINC',
      value: '12.9',
      units: 'g/dL',
      interpretation: 'N',
      status: 'final',
      observed_at: '2023-02-01 14:40',
      reference_text: '12 to 16',
    },
  ),
  ...rows(
    'medications',
    {
      kind: 'administered',
      name: 'Ceftriaxone 1000 MG Injection',
      started_at: '2023-02-01 16:00',
      ended_at: '2023-02-04 16:00',
      dose: '1',
      dose_units: 'g',
      status: 'completed',
    },
    { kind: 'discharge', name: 'Amoxicillin 500 MG Oral Capsule', sig: 'One capsule three times a day for five days' },
  ),
  ...rows('functional_status', { name: 'Walking', value: 'With a stick', observed_at: '2023-02-05' }),
  ...rows('supplies', { name: 'Cane', status: 'completed', supplied_at: '2023-02-05' }),
  ...rows('notes', {
    code: '18842-5',
    code_system: 'LOINC',
    name: 'Discharge summary',
    written_at: '2023-02-05 10:30',
    content_type: 'pdf',
    file_contents: Buffer.from('%PDF-1.7').toString('base64'),
  }),
  ...careTeam,
};

/** What the patient has and takes now, without what belongs to one visit. */
const summary: SectionRows = Object.fromEntries(Object.entries(outpatient).filter(([section]) => section !== 'notes'));

const sender = readOrganizationFile(join(packageRoot, 'jobs/organization.example.json'), context.organizationOid);

const documentOf = (visit: Values, sections: SectionRows): JsonObject =>
  buildVisitPush(
    encounterRow({ encounter_id: '1', patient_id: '1042', status: 'finished', ...place, ...visit }),
    patient,
    { mrn: '1042', version: versionOf(1) },
    { ...context, sender },
    sections,
  ).message;

export const sampleDocuments: Readonly<Record<string, JsonObject>> = {
  outpatient: documentOf(
    {
      class: 'outpatient',
      started_at: '2023-01-27 11:15',
      ended_at: '2023-01-27 11:40',
      type_name: 'Follow-up visit',
      reason_name: 'Diabetes check',
    },
    outpatient,
  ),
  inpatient: documentOf(
    {
      class: 'inpatient',
      started_at: '2023-02-01 13:50',
      ended_at: '2023-02-05 11:10',
      type_name: 'Hospital admission',
      reason_name: 'Cough and fever',
      department: 'Medical ward',
      room: '12',
      discharge_disposition: '01',
    },
    inpatient,
  ),
  summary: buildSummaryPush('1042', patient, { mrn: '1042', version: versionOf(1) }, { ...context, sender }, summary)
    .message,
};
