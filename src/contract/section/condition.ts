import {
  alternatives,
  boolean,
  coded,
  comment,
  date,
  futureTime,
  key,
  line,
  negation,
  number,
  period,
  text,
  time,
  unprinted,
  type SectionContract,
} from './column.ts';

/** Sections about what a person has, had, or may develop. */

const negated = { negated: negation('True: known to be absent') } as const;

export const allergies = {
  title: 'Allergies',
  item: 'allergy',
  group: [],
  repeats: ['alt', 'reaction', 'comment'],
  columns: {
    ...coded('substance_', 'The substance (RxNorm, UNII, SNOMED CT …)'),
    ...alternatives,
    type: line('Drug, food or other allergy or intolerance: in these words, as in FHIR, or a SNOMED CT code'),
    status: line('`active`, `inactive` or `resolved`'),
    severity: line('`mild`, `moderate`, `severe`, `life threatening` or `fatal`'),
    criticality: line('`high`, `low` or `unable to assess`'),
    ...period,
    negated: negation('True: known to be absent; without a substance, no known allergies'),
    ...coded('reaction_', 'A reaction to it (SNOMED CT)'),
    reaction_severity: line('Severity of that reaction, in the words of `severity`'),
    reaction_text: text('Details of that reaction'),
    ...comment,
  },
} as const satisfies SectionContract;

export const problems = {
  title: 'Problems',
  item: 'problem',
  group: [],
  repeats: ['alt', 'comment'],
  columns: {
    ...coded('', 'The problem (SNOMED CT, ICD-10-CM)'),
    ...alternatives,
    ...coded('category_', 'Kind of problem: a diagnosis, a complaint, a finding'),
    status: line('`active`, `inactive` or `resolved`'),
    ...coded('health_status_', "The patient's state of health with regard to it"),
    ...period,
    ...comment,
  },
} as const satisfies SectionContract;

export const healthConcerns = {
  title: 'Health concerns',
  item: 'concern',
  group: [],
  repeats: ['alt', 'comment'],
  columns: {
    ...coded('', 'The concern (SNOMED CT, LOINC): a finding or situation that is no disease'),
    ...alternatives,
    ...coded('category_', 'Kind of concern'),
    concern_type: line('Whose concern it is, such as `patient` or `provider`'),
    status: line('`active`, `completed` …'),
    ...period,
    value: text('The finding, in words or as a number'),
    units: line('Units of `value`'),
    interpretation: line('`normal`, `high`, `low` …: in words, or by HL7 v2 table 0078'),
    ...coded('target_site_', 'Where on the body (SNOMED CT)'),
    ...comment,
  },
} as const satisfies SectionContract;

const diagnosisColumns = {
  ...coded('', 'The diagnosis (ICD-10-CM, SNOMED CT)'),
  ...alternatives,
  status: line('`active`, `inactive` or `resolved`'),
  ...period,
  ...negated,
  ...comment,
};

export const admissionDiagnosis = {
  title: 'Admission diagnosis',
  item: 'diagnosis',
  group: [],
  repeats: ['alt', 'comment'],
  columns: diagnosisColumns,
} as const satisfies SectionContract;

export const dischargeDiagnosis = { ...admissionDiagnosis, title: 'Discharge diagnosis' } as const;

export const assessment = {
  title: 'Assessment',
  item: 'diagnosis',
  group: [],
  repeats: ['alt', 'comment'],
  columns: {
    text: text("The clinician's conclusion, in words; by default the name of the code"),
    assessed_at: time('When it was assessed'),
    ...coded('', 'The diagnosis (ICD-10-CM, SNOMED CT)'),
    ...alternatives,
    ...negated,
    ...comment,
  },
} as const satisfies SectionContract;

export const socialHistory = {
  title: 'Social history',
  item: 'observation',
  group: [],
  repeats: ['alt', 'comment'],
  columns: {
    kind: unprinted(line('`observation` (default), `tobacco` or `pregnancy`')),
    ...coded('', 'What was observed or asked; for `tobacco` the habit itself (SNOMED CT)'),
    ...alternatives,
    value: text('The finding, in words or as a number'),
    units: line('Units of `value`'),
    ...coded('value_', 'The finding, where it is coded; for `tobacco` it is sent instead of `code`'),
    smoking_status: unprinted(boolean('For `tobacco`, true: this is the smoking status, not another use of tobacco')),
    ...period,
    estimated_delivery_at: futureTime('For `pregnancy`: when the child is due'),
    ...comment,
  },
} as const satisfies SectionContract;

export const familyHistory = {
  title: 'Family history',
  item: 'condition',
  group: ['relative'],
  repeats: ['alt'],
  columns: {
    relative_id: key('Tells two relatives of the same kind apart; not sent'),
    ...coded('relative_', 'Who: father, mother … (HL7 RoleCode: FTH, MTH …)'),
    relative_sex: line('Sex of the relative, as in patients.sql'),
    relative_birth_date: date('Birth date of the relative'),
    relative_deceased: boolean('True: the relative has died'),
    ...coded('', 'What the relative has or had (SNOMED CT, ICD-10-CM)'),
    ...alternatives,
    ...coded('type_', 'Kind of condition'),
    observed_at: time('When the relative had it'),
    age_at_onset: number('Age of the relative when it began, in years'),
    cause_of_death: boolean('True: the relative died of it'),
  },
} as const satisfies SectionContract;
