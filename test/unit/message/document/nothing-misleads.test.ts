import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/json.ts';
import { withEventDateTime } from '../../../../src/message/meta.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import type { Section, SectionRows } from '../../../../src/contract/section.ts';
import { openPreflight } from '../../../../src/redox/preflight.ts';
import { expectGolden } from '../golden.ts';
import { comparable } from '../../../../src/message/fingerprint/fingerprint-input.ts';
import { buildPatientUpdate } from '../../../../src/message/patient.ts';
import { context, encounterRow, inpatientVisit, outpatientVisit, patientRow, push } from '../rows.ts';
import { sectionRow } from '../section-rows.ts';

/** What a clinician elsewhere reads out of a document. docs/what-a-document-says.md has the rules with their sources. */

type Values = Readonly<Record<string, string | null>>;
type Message = ReturnType<typeof buildVisitPush>;

const rowsIn = (section: Section, ...rows: readonly Values[]): SectionRows => ({
  [section]: rows.map((row) => ({ ...sectionRow(section, {}), ...row })),
});

const preflight = openPreflight({ ...context, sizeLimitBytes: 10_000_000 });

/** Every message of this file passes the check against Redox's schema. */
const build = (rows: SectionRows): Message => {
  const built = buildVisitPush(outpatientVisit, patientRow({ patient_id: '1' }), push, context, rows);
  expect(preflight('VisitPush', withEventDateTime(built.message, new Date(0)))).toBeNull();
  return built;
};

const messageOf = (section: Section, ...rows: readonly Values[]): Message => build(rowsIn(section, ...rows));

const at = ({ message }: Message, path: string): JsonValue | undefined =>
  path.split('.').reduce<JsonValue | undefined>((value, key) => (value as JsonObject | undefined)?.[key], message);

const problemsOf = ({ findings }: Message): readonly string[] =>
  findings.map(({ column, problem }) => `${column} ${problem}`);

/** The cells of a section's text, without markup. */
const cellsIn = (text: JsonValue | undefined): readonly string[] =>
  [...(typeof text === 'string' ? text : '').matchAll(/<t[hd]>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => cell);

/** Of a golden: the sections with their texts, and the findings. */
const golden = (name: string, { message, findings }: Message, withVisit = false): void => {
  const leftOut = withVisit ? /^(?:Meta|Header)$/ : /^(?:Meta|Header|(?:Encounters|ReasonForVisit)(?:Text)?)$/;
  const clinical = Object.entries(message).filter(([key]) => !leftOut.test(key));
  expectGolden(`document-${name}`, { ...Object.fromEntries(clinical), findings });
};

describe('what was refused or not done', () => {
  const vaccine = { name: 'Influenza vaccine', code: '140', code_system: 'CVX', given_at: '2023-01-27' };
  const acts = {
    medications: { kind: 'administered', name: 'ceftriaxone' },
    procedures: { name: 'Colonoscopy' },
    vital_signs: { name: 'Body weight' },
    medical_equipment: { name: 'Hearing aid' },
    results: { name: 'HIV test' },
  } as const;
  const pathsOf = {
    medications: 'MedicationsAdministered.0',
    procedures: 'Procedures.Procedures.0',
    vital_signs: 'VitalSigns.0.Observations.0',
    medical_equipment: 'MedicalEquipment.0',
    results: 'Results.0.Observations.0',
  } as const;
  const texts = {
    medications: 'MedicationsAdministeredText',
    procedures: 'ProceduresText',
    vital_signs: 'VitalSignsText',
    medical_equipment: 'MedicalEquipmentText',
    results: 'ResultText',
  } as const;
  const spellings = [
    ...['refused', 'Declined', 'patient refused', 'Refused by parent', 'patient declined', 'refusal', 'refusing'],
    ...['not given, patient asleep', 'Contraindicated', 'not-indicated'],
  ];

  test.each(spellings)('is a vaccine with the status %j', (status) => {
    const built = messageOf('immunizations', { ...vaccine, status });
    expect(at(built, 'Immunizations.0')).toMatchObject({ Status: 'cancelled', ReasonNotGiven: status });
    expect(cellsIn(at(built, 'ImmunizationText'))).toEqual(
      expect.arrayContaining(['Not done: Influenza vaccine (CVX 140)', status]),
    );
    expect(built.findings).toEqual([]);
  });

  test.each([
    ['RE', { Status: 'cancelled', ReasonNotGiven: 'refused' }, 'Not done: Influenza vaccine (CVX 140)', 'refused'],
    ['NA', { Status: 'cancelled' }, 'Not done: Influenza vaccine (CVX 140)', 'not administered'],
    ['PA', { Status: 'completed' }, 'Influenza vaccine (CVX 140)', 'partially administered'],
    ['CP', { Status: 'completed' }, 'Influenza vaccine (CVX 140)', 'completed'],
  ])('follows HL7 v2 table 0322: %s', (status, coded, subject, words) => {
    const built = messageOf('immunizations', { ...vaccine, status });
    const given = at(built, 'Immunizations.0') as JsonObject;
    expect({ Status: given['Status'], ReasonNotGiven: given['ReasonNotGiven'] }).toEqual(coded);
    expect(cellsIn(at(built, 'ImmunizationText'))).toEqual(expect.arrayContaining([subject, words]));
    const dose = messageOf('medications', { ...acts.medications, status });
    expect(at(dose, 'MedicationsAdministered.0')).toMatchObject(coded);
    expect(cellsIn(at(dose, 'MedicationsAdministeredText'))).toContain(words);
  });

  test('are letters of table 0322 only where something is given to a patient', () => {
    const built = messageOf('medications', { name: 'lisinopril', status: 'NA' });
    expect(at(built, 'Medications.0.Status')).toBe('NA');
    expect(problemsOf(built)).toEqual(['medications.status unmapped']);
  });

  test.each(Object.keys(acts) as (keyof typeof acts)[])('is told in code and text of %s', (section) => {
    for (const status of [...spellings, 'not done', 'not-done', 'withheld']) {
      const built = messageOf(section, { ...acts[section], status });
      expect(at(built, `${pathsOf[section]}.Status`)).toBe(section === 'results' ? 'Canceled' : 'cancelled');
      expect(cellsIn(at(built, texts[section]))).toContain(`Not done: ${acts[section].name}`);
      expect(built.findings).toEqual([]);
      if (section === 'medications') continue;
      const words = /^(?:not.done|withheld)$/.test(status) ? 'Not done' : `Not done: ${status}`;
      expect(at(built, `${pathsOf[section]}.Comments`)).toEqual([{ Text: words }]);
    }
  });

  test('is a dose or vaccine with a reason for it, whatever its status', () => {
    for (const status of [null, 'completed', 'not done']) {
      const built = messageOf('immunizations', { ...vaccine, status, reason_not_given: 'Fever' });
      expect(at(built, 'Immunizations.0')).toMatchObject({ Status: 'cancelled', ReasonNotGiven: 'Fever' });
    }
    const none = messageOf('immunizations', { ...vaccine, status: 'completed', reason_not_given: 'none' });
    expect(at(none, 'Immunizations.0')).toMatchObject({ Status: 'completed' });
    expect(at(none, 'Immunizations.0')).not.toHaveProperty('ReasonNotGiven');
  });

  test('may be written in the dose or the time', () => {
    for (const column of ['dose', 'given_at']) {
      const built = messageOf('immunizations', { ...vaccine, status: 'completed', [column]: 'Refused' });
      expect(at(built, 'Immunizations.0')).toMatchObject({ Status: 'cancelled', ReasonNotGiven: 'Refused' });
      expect(cellsIn(at(built, 'ImmunizationText'))).toContain('Refused');
    }
  });

  test('is a plan in words only, because the statuses of a plan cannot say it', () => {
    const built = messageOf('plan_of_care', { name: 'Colonoscopy', status: 'refused' });
    expect(at(built, 'PlanOfCare')).toBeUndefined();
    expect(cellsIn(at(built, 'PlanOfCareText'))).toEqual(expect.arrayContaining(['Not done: Colonoscopy', 'refused']));
  });

  test.each(['unknown', 'unspecified', 'not applicable', 'none'])(
    'is not guessed from %j, which is a status as it stands',
    (status) => {
      const built = messageOf('procedures', { name: 'Colonoscopy', status });
      expect(at(built, 'Procedures.Procedures.0.Status')).toBe(status);
      expect(problemsOf(built)).toEqual(['procedures.status unmapped']);
    },
  );

  test('equals its golden file', () => {
    golden(
      'not-done',
      build({
        ...rowsIn('immunizations', { ...vaccine, status: 'RE' }, { ...vaccine, name: 'Tetanus', status: 'PA' }),
        ...rowsIn(
          'medications',
          { ...acts.medications, status: 'patient refused' },
          { name: 'aspirin', status: 'not-taken' },
        ),
        ...rowsIn('procedures', { ...acts.procedures, status: 'declined', comment: 'Asked twice' }),
        ...rowsIn('plan_of_care', { name: 'Smoking cessation', status: 'refused' }),
        ...rowsIn('results', { ...acts.results, status: 'refused' }),
      }),
    );
  });
});

describe('what was entered in error', () => {
  const sections = [
    ...['allergies', 'problems', 'medications', 'immunizations', 'procedures', 'results', 'vital_signs'],
    ...['plan_of_care', 'medical_equipment', 'admission_diagnosis', 'discharge_diagnosis', 'notes'],
  ] as const;
  const spellings = ['entered-in-error', 'Entered in Error', 'nullified', 'voided', 'VOID', 'deleted'];

  test.each(sections as readonly Section[])('is left out of %s, and listed', (section) => {
    for (const status of spellings) {
      const row = { name: 'Wrong', substance_name: 'Wrong', text: 'Wrong', status };
      const built = messageOf(section, row);
      expect(JSON.stringify(built.message)).not.toContain('Wrong');
      expect(problemsOf(built)).toEqual([`${section}.status entered_in_error`]);
    }
  });

  test.each<[Section, string]>([
    ['results', 'W'],
    ['results', 'D'],
    ['vital_signs', 'W'],
    ['vital_signs', 'd'],
    ['allergies', 'E'],
  ])('is known by the letters of HL7 v2: %s %s', (section, status) => {
    const built = messageOf(section, { name: 'Wrong', substance_name: 'Wrong', status });
    expect(JSON.stringify(built.message)).not.toContain('Wrong');
    expect(problemsOf(built)).toEqual([`${section}.status entered_in_error`]);
  });

  test('is a whole panel, a negation and a goal too', () => {
    const panel = messageOf('results', { name: 'Wrong', panel_name: 'Wrong', panel_status: 'entered-in-error' });
    const allergy = messageOf('allergies', { substance_name: 'Wrong', negated: 'entered-in-error' });
    const goal = messageOf('goals', { name: 'Wrong', achievement_status_name: 'entered in error' });
    for (const built of [panel, allergy, goal]) expect(JSON.stringify(built.message)).not.toContain('Wrong');
  });

  test('equals its golden file', () => {
    golden(
      'entered-in-error',
      build({
        ...rowsIn('results', { name: 'Glucose', value: '5', status: 'F' }, { name: 'Wrong', value: '50', status: 'W' }),
        ...rowsIn('problems', { name: 'Wrong', status: 'entered-in-error' }),
      }),
    );
  });
});

describe('the status of a result', () => {
  test.each([
    ['A', 'Corrected', 'In Progress'],
    ['C', 'Corrected', 'Corrected'],
    ['F', 'Final', 'Final'],
    ['I', 'In Progress', 'In Progress'],
    ['P', 'Preliminary', 'Preliminary'],
    ['X', 'Canceled', 'Canceled'],
    ['N', 'Canceled', 'In Progress'],
    ['amended', 'Corrected', 'Corrected'],
  ])('is %j by table 0085 for an observation, by table 0123 for a panel', (status, observation, panel) => {
    const built = messageOf('results', { name: 'x', panel_name: 'p', status, panel_status: status });
    expect(at(built, 'Results.0.Observations.0.Status')).toBe(observation);
    expect(at(built, 'Results.0.Status')).toBe(panel);
    if (status.length === 1)
      expect(cellsIn(at(built, 'ResultText'))).toEqual(expect.arrayContaining([observation, panel]));
    expect(built.findings).toEqual([]);
  });

  test('stands for that of a panel that has none', () => {
    expect(at(messageOf('results', { name: 'x', status: 'F' }), 'Results.0.Status')).toBe('Final');
    const alike = [
      { panel_name: 'p', name: 'x', status: 'F' },
      { panel_name: 'p', name: 'y', status: 'final' },
    ];
    expect(at(messageOf('results', ...alike), 'Results.0.Status')).toBe('Final');
    const mixed = [
      { panel_name: 'p', name: 'x', status: 'F' },
      { panel_name: 'p', name: 'y', status: 'P' },
    ];
    expect(at(messageOf('results', ...mixed), 'Results.0.Status')).toBeUndefined();
  });

  test('equals its golden file', () => {
    golden('result-status', messageOf('results', { name: 'Sodium', value: '140', units: 'mmol/L', status: 'A' }));
  });
});

describe('a negation', () => {
  const pneumonia = { name: 'Pneumonia', code: '233604007', code_system: 'SNOMED CT' };
  const subject = 'Pneumonia (SNOMED CT 233604007)';
  const diagnosisSections = [
    ['admission_diagnosis', 'AdmissionDiagnosis.0', 'AdmissionDiagnosisText'],
    ['discharge_diagnosis', 'DischargeDiagnosis.0', 'DischargeDiagnosisText'],
    ['assessment', 'Assessment.Diagnoses.0', 'AssessmentText'],
  ] as const;

  test.each(diagnosisSections)('of %s stands before its subject', (section, path, text) => {
    for (const negated of ['t', 'true', 'refuted', 'Negative', 'absent', 'not present', 'ruled out', 'denied']) {
      const built = messageOf(section, { ...pneumonia, negated });
      expect(at(built, path)).toMatchObject({ IsNegativeIndicator: true });
      expect(cellsIn(at(built, text))).toEqual(['Diagnosis', `Not present: ${subject}`]);
      expect(at(built, 'Encounters.0.Diagnosis.0.IsNegativeIndicator')).toBe(true);
      expect(built.findings).toEqual([]);
    }
  });

  test.each(diagnosisSections)('of %s that is not understood stands in the text alone', (section, path, text) => {
    for (const negated of ['U', 'unknown', 'maybe', '?', 'provisional']) {
      const built = messageOf(section, { ...pneumonia, negated });
      expect(at(built, path)).toBeUndefined();
      expect(at(built, 'Encounters.0.Diagnosis')).toBeUndefined();
      expect(cellsIn(at(built, text))).toEqual(['Diagnosis', `${subject}, negated: ${negated}`]);
      expect(problemsOf(built)).toEqual([`${section}.negated negation_unclear`]);
    }
  });

  test.each(diagnosisSections)('of %s is none where the column is empty or says no', (section, path, text) => {
    for (const negated of [null, '', ' ', 'NULL', 'N/A', '-', 'f', 'no', 'confirmed']) {
      const built = messageOf(section, { ...pneumonia, negated });
      expect(at(built, path)).not.toHaveProperty('IsNegativeIndicator', true);
      expect(cellsIn(at(built, text))).toEqual(['Diagnosis', subject]);
      expect(built.findings).toEqual([]);
    }
  });

  test('of an allergy names the substance', () => {
    const built = messageOf('allergies', { substance_name: 'Penicillin', negated: 't' });
    expect(at(built, 'Allergies')).toEqual([{ Substance: { Name: 'Penicillin' }, IsNegativeIndicator: true }]);
    expect(cellsIn(at(built, 'AllergyText'))).toEqual(['Allergy', 'Not present: Penicillin']);
    const unclear = messageOf('allergies', { substance_name: 'penicillin', negated: 'U' });
    expect(at(unclear, 'Allergies')).toBeUndefined();
    expect(cellsIn(at(unclear, 'AllergyText'))).toEqual(['Allergy', 'penicillin, negated: U']);
    expect(problemsOf(unclear)).toEqual(['allergies.negated negation_unclear']);
  });

  test('may be the status, of a problem in words only', () => {
    const allergy = messageOf('allergies', { substance_name: 'Penicillin', status: 'refuted' });
    expect(at(allergy, 'Allergies')).toEqual([{ Substance: { Name: 'Penicillin' }, IsNegativeIndicator: true }]);
    const problem = messageOf('problems', { name: 'Pneumonia', status: 'ruled out' });
    expect(at(problem, 'Problems')).toBeUndefined();
    expect(cellsIn(at(problem, 'ProblemsText'))).toContain('Not present: Pneumonia');
    expect([...problemsOf(allergy), ...problemsOf(problem)]).toEqual([]);
  });

  test('equals its golden file', () => {
    golden(
      'negation',
      build({
        ...rowsIn('discharge_diagnosis', { ...pneumonia, negated: 't' }, { name: 'Asthma', negated: 'U' }),
        ...rowsIn(
          'allergies',
          { substance_name: 'Latex', negated: 'refuted' },
          { substance_name: 'Eggs', negated: '?' },
        ),
        ...rowsIn('problems', { name: 'Diabetes', status: 'refuted' }),
      }),
    );
  });
});

describe('no known allergies', () => {
  const snomed = { CodeSystem: '2.16.840.1.113883.6.96', CodeSystemName: 'SNOMED CT' };
  const typed = (Code: string, Name: string): JsonObject => ({
    Type: { Code, ...snomed, Name },
    IsNegativeIndicator: true,
  });
  const coded = (Code: string, Name: string): JsonObject => ({ Substance: { Code, ...snomed, Name } });

  test.each<[Values, JsonObject | undefined, string]>([
    [{ negated: 't' }, typed('419199007', 'Allergy to substance'), 'No known allergies'],
    [{ negated: 't', type: 'drug' }, typed('416098002', 'Allergy to drug'), 'No known drug allergies'],
    [{ negated: 't', type: 'food' }, typed('414285001', 'Allergy to food'), 'No known food allergies'],
    [
      { negated: 't', type: 'environment' },
      coded('428607008', 'No known environmental allergy'),
      'No known environmental allergies',
    ],
    [{ negated: 't', type: 'biologic' }, undefined, 'No known allergies of this type: biologic'],
    [{ substance_name: 'NKDA' }, coded('409137002', 'No known drug allergy'), 'No known drug allergies'],
    [
      { substance_name: 'No Known Allergies', negated: 't' },
      coded('716186003', 'No known allergy'),
      'No known allergies',
    ],
    [
      { substance_code: '716186003', substance_code_system: 'SNOMED CT', substance_name: 'NKA', negated: 't' },
      coded('716186003', 'NKA'),
      'No known allergies',
    ],
    [
      { substance_code: '409137002', substance_name: 'No known drug allergy', negated: 'f' },
      coded('409137002', 'No known drug allergy'),
      'No known drug allergies',
    ],
  ])('are said once in code and in words: %j', (row, allergy, words) => {
    const built = messageOf('allergies', row);
    const said = at(built, 'Allergies.0') as JsonObject | undefined;
    expect(said).toEqual(allergy);
    expect(cellsIn(at(built, 'AllergyText'))).toContain(words);
    expect(built.findings).toEqual([]);
  });

  test('keep the code of the source beside it', () => {
    const row = {
      substance_code: 'NKDA',
      substance_code_system: 'House codes',
      substance_name: 'No known drug allergies',
    };
    expect(at(messageOf('allergies', row), 'Allergies.0.Substance')).toEqual({
      Code: '409137002',
      ...snomed,
      Name: 'No known drug allergy',
      AltCodes: [{ Code: 'NKDA', CodeSystemName: 'House codes', Name: 'No known drug allergies' }],
    });
  });

  test('equals its golden file', () => {
    golden(
      'no-known-allergies',
      messageOf('allergies', { negated: 't' }, { substance_name: 'NKDA' }, { negated: 't', type: 'food' }),
    );
  });
});

describe('a column that sorts rows', () => {
  const sorters: Readonly<Partial<Record<Section, Values>>> = {
    social_history: { kind: 'tobacco', smoking_status: 't', name: 'Never smoker' },
    medications: { kind: 'administered', name: 'ceftriaxone' },
    procedures: { kind: 'observation', name: 'EKG' },
    plan_of_care: { kind: 'service', name: 'Dietitian' },
    results: { value_type: 'PhysicalQuantity', name: 'Sodium', value: '140' },
    allergies: { negated: 'f', substance_name: 'Cats' },
    notes: { kind: 'chief_complaint', text: 'Sore throat' },
  };

  test.each(Object.entries(sorters) as [Section, Values][])('is not printed in %s', (section, row) => {
    const texts = JSON.stringify(messageOf(section, row).message).match(/<table>.*?<\/table>/g) ?? [];
    expect(texts.join('')).not.toMatch(/Kind|Smoking status|Value type|Negated|>yes<|>no</);
  });

  test('leaves its word where nothing else names the row', () => {
    expect(cellsIn(at(messageOf('social_history', { kind: 'pregnancy' }), 'SocialHistoryText'))).toContain('Pregnancy');
  });

  test('equals its golden file', () => {
    golden(
      'sorting-columns',
      messageOf('social_history', sorters.social_history ?? {}, { name: 'Alcohol', value: 'never' }),
    );
  });
});

describe('a column of numbers', () => {
  test.each<[Section, Values, string, string]>([
    ['medications', { name: 'x', frequency_period: 'BID', frequency_unit: 'd' }, 'Medications.0.Frequency', 'BID'],
    ['medications', { name: 'x', dose: '1 tablet', dose_units: 'tablet' }, 'Medications.0.Dose', '1 tablet'],
    ['vital_signs', { name: 'x', value: '120/80', units: 'mmHg' }, 'VitalSigns.0.Observations.0.Value', '120/80'],
    ['vital_signs', { name: 'x', value: 'refused' }, 'VitalSigns.0.Observations.0.Value', 'refused'],
    ['immunizations', { name: 'x', dose: 'half' }, 'Immunizations.0.Dose', 'half'],
    ['results', { name: 'x', reference_low: '<5' }, 'Results.0.Observations.0.ReferenceRange', '&lt;5'],
    ['medical_equipment', { name: 'x', quantity: '2 boxes' }, 'MedicalEquipment.0.Quantity', '2 boxes'],
    ['family_history', { name: 'x', age_at_onset: 'fifties' }, 'FamilyHistory.0.Problems.0.AgeAtOnset', 'fifties'],
    [
      'plan_of_care',
      { kind: 'medication', name: 'x', rate: 'slow' },
      'PlanOfCare.MedicationAdministration.0.Rate',
      'slow',
    ],
  ])('keeps words in the text: %s %j', (section, row, path, word) => {
    const built = messageOf(section, row);
    expect(at(built, path)).toBeUndefined();
    expect(JSON.stringify(built.message)).toContain(word);
    expect(problemsOf(built)).toHaveLength(1);
    expect(problemsOf(built)[0]).toMatch(/ not_a_number$/);
  });

  test('equals its golden file', () => {
    golden('not-a-number', messageOf('medications', { name: 'aspirin', dose: '1 tablet', frequency_period: 'BID' }));
  });
});

describe('a visit without clinical rows', () => {
  const documentOf = (values: Values): Message =>
    buildVisitPush(
      encounterRow({ encounter_id: 'e', patient_id: '1', ...values }),
      patientRow({ patient_id: '1' }),
      push,
      context,
    );

  test('is told in words: kind, place, clinician, times, reason, disposition', () => {
    const built = buildVisitPush(
      { ...outpatientVisit, discharge_disposition: '01' },
      patientRow({ patient_id: '1' }),
      push,
      context,
    );
    const cells = cellsIn(at(built, 'EncountersText'));
    const words = Object.fromEntries(cells.slice(0, 9).map((header, index) => [header, cells[9 + index]]));
    expect(words).toEqual({
      Visit: 'Encounter for symptom (SNOMED CT 185345009)',
      Class: 'outpatient',
      Status: 'finished',
      Started: '2023-01-27 11:17 -05:00',
      Ended: '2023-01-27 11:32 -05:00',
      Reason: 'Acute pharyngitis, unspecified (ICD-10-CM J02.9)',
      Place: 'Elm Street Clinic, Family Medicine',
      Clinician: 'Grace Okafor',
      Discharge: 'Discharged to home or self care (NUBC 01)',
    });
    golden('visit-in-words', built, true);
  });

  test('has words however little its row has', () => {
    for (const values of [{}, { status: 'finished' }, { class: 'AMB' }, { started_at: '2023-01-27' }]) {
      expect(at(documentOf(values), 'EncountersText')).toMatch(/\w/);
    }
    expect(at(documentOf({ class: 'AMB' }), 'EncountersText')).toContain('<td>outpatient</td>');
  });
});

describe('a time in a text', () => {
  test('is that of the wall clock, with its offset, to the minute', () => {
    const started = ['2024-03-01 01:30:00+00', '2024-11-03 05:30:00+00', '2024-11-03 06:30:00+00', '2024-07-04'];
    const built = messageOf('problems', ...started.map((started_at, index) => ({ name: `p${index}`, started_at })));
    expect(cellsIn(at(built, 'ProblemsText')).filter((cell) => /^\d/.test(cell))).toEqual([
      '2024-02-29 20:30 -05:00',
      '2024-11-03 01:30 -04:00',
      '2024-11-03 01:30 -05:00',
      '2024-07-04',
    ]);
    expect(at(built, 'Problems.0.StartDate')).toBe('2024-03-01T01:30:00.000Z');
    golden('wall-clock', built);
  });

  test('has the offset of any zone', () => {
    for (const [ehrTimeZone, shown] of [
      ['Asia/Kolkata', '2024-03-01 07:00 +05:30'],
      ['America/St_Johns', '2024-02-29 22:00 -03:30'],
      ['UTC', '2024-03-01 01:30 +00:00'],
    ] as const) {
      const rows = rowsIn('problems', { name: 'p', started_at: '2024-03-01 01:30:00+00' });
      const built = buildVisitPush(
        outpatientVisit,
        patientRow({ patient_id: '1' }),
        push,
        { ...context, ehrTimeZone },
        rows,
      );
      expect(cellsIn(at(built, 'ProblemsText'))).toContain(shown);
    }
  });
});

describe('the time of a document', () => {
  const versions = [7, 8].map((number, index) =>
    buildVisitPush(
      outpatientVisit,
      patientRow({ patient_id: '1' }),
      { mrn: '1', version: { number, madeAt: new Date(Date.UTC(2026, 1, 1 + index)) } },
      context,
    ),
  );

  test('is that of its version, and later than what it tells', () => {
    expect(versions.map((built) => at(built, 'Header.Document.DateTime'))).toEqual([
      '2026-02-01T00:00:00.000Z',
      '2026-02-02T00:00:00.000Z',
    ]);
    for (const built of versions) {
      const told = at(built, 'Encounters.0.EndDateTime') as string;
      expect((at(built, 'Header.Document.DateTime') as string) > told).toBe(true);
    }
    expectGolden(
      'document-version',
      versions.map((built) => at(built, 'Header.Document')),
    );
  });

  test('makes no difference to the comparison of two messages', () => {
    const [one, other] = versions.map(({ message }) => comparable(message));
    expect(one).toBe(other);
    expect(one).not.toContain('2026-02-01');
  });
});

describe('words and codes of HL7, CDC and Redox', () => {
  test.each([
    ['MA', '419199007'],
    ['DA', '416098002'],
    ['FA', '414285001'],
    ['EA', '419199007'],
    ['AA', '419199007'],
    ['PA', '419199007'],
    ['LA', '419199007'],
  ])('the allergy type %s of table 0127 is %s', (type, code) => {
    const built = messageOf('allergies', { substance_name: 'x', type });
    expect(at(built, 'Allergies.0.Type.Code')).toBe(code);
    expect(built.findings).toEqual([]);
  });

  test('an allergy type outside the tables is reported', () => {
    expect(problemsOf(messageOf('allergies', { substance_name: 'x', type: 'MC' }))).toEqual([
      'allergies.type unmapped',
    ]);
  });

  test.each([
    ['<', 'Off scale low', []],
    ['>', 'Off scale high', []],
    ['*', '*', ['results.interpretation unmapped']],
    ['**', '**', ['results.interpretation unmapped']],
    ['HH', 'Critical high', []],
    ['NR', 'Non-reactive', []],
  ])('the interpretation %s is %s', (interpretation, sent, problems) => {
    const built = messageOf('results', { name: 'x', value: '5', interpretation });
    expect(at(built, 'Results.0.Observations.0.Interpretation')).toBe(sent);
    expect(problemsOf(built)).toEqual(problems);
  });

  test('a discharge status of the NUBC has its name', () => {
    const built = buildVisitPush(
      { ...inpatientVisit, discharge_disposition: '06' },
      patientRow({ patient_id: '1' }),
      push,
      context,
    );
    expect(at(built, 'Header.Document.Visit.DischargeDisposition')).toEqual({
      Code: '06',
      CodeSystem: '2.16.840.1.113883.6.301.5',
      CodeSystemName: 'NUBC Patient Discharge Status',
      Name: 'Discharged or transferred to home under care of an organized home health service organization',
    });
    const other = buildVisitPush(
      { ...inpatientVisit, discharge_disposition: '98' },
      patientRow({ patient_id: '1' }),
      push,
      context,
    );
    expect(at(other, 'Header.Document.Visit.DischargeDisposition')).toEqual({ Name: '98' });
    expect(problemsOf(other)).toContain('discharge_disposition unmapped');
  });

  test.each([
    ['2.16.840.1.113883.6.59', '2.16.840.1.113883.12.292', 'CVX'],
    ['urn:oid:2.16.840.1.113883.6.59', '2.16.840.1.113883.12.292', 'CVX'],
    ['1.2.840.10008.2.16.4', '1.2.840.10008.2.16.4', 'DICOM'],
    ['DCM', '1.2.840.10008.2.16.4', 'DICOM'],
  ])('the code system %s is %s, %s', (code_system, oid, name) => {
    const built = messageOf('procedures', { name: 'x', code: '08', code_system });
    expect(at(built, 'Procedures.Procedures.0')).toMatchObject({ CodeSystem: oid, CodeSystemName: name });
    expect(built.findings).toEqual([]);
  });

  test('units that only qualify a number are left out beside words', () => {
    const [words, number] = [
      messageOf('results', { name: 'x', value: 'Negative', units: '{nominal}' }),
      messageOf('results', { name: 'x', value: '5', units: '{score}' }),
    ];
    expect(at(words, 'Results.0.Observations.0')).toEqual({ Name: 'x', Value: 'Negative' });
    expect(cellsIn(at(words, 'ResultText'))).toContain('Negative');
    expect(at(number, 'Results.0.Observations.0')).toMatchObject({ Value: '5', Units: '{score}' });
    const habit = messageOf('social_history', { name: 'x', value: 'daily', units: '{nominal}' });
    expect(at(habit, 'SocialHistory.Observations.0')).toEqual({ Name: 'x', ValueText: 'daily' });
  });

  test.each([
    ['AMB', '11506-3'],
    ['EMER', '11506-3'],
    ['IMP', '18842-5'],
    ['ACUTE', '18842-5'],
    ['HH', '11506-3'],
    ['VR', '11506-3'],
    ['I', '18842-5'],
    ['O', '11506-3'],
    ['ED', '11506-3'],
    ['ambulatory', '11506-3'],
    ['telehealth', '11506-3'],
    ['OBSENC', '34133-9'],
  ])('the class %s makes the document a %s', (encounterClass, code) => {
    const built = buildVisitPush(
      { ...outpatientVisit, class: encounterClass },
      patientRow({ patient_id: '1' }),
      push,
      context,
    );
    expect(at(built, 'Header.Document.TypeCode.Code')).toBe(code);
    expect(problemsOf(built)).toEqual([]);
  });

  test('a note is as in the sample of Redox', () => {
    const built = messageOf('notes', { name: 'Progress note', text: 'Well.', status: 'final' });
    expect(at(built, 'NoteSections.0.Notes')).toMatchObject([
      {
        Name: 'Progress note',
        ContentType: 'Plain Text',
        FileContents: '<paragraph>Well.</paragraph>',
        Status: 'completed',
      },
    ]);
  });

  test('the time of an assessment is no onset', () => {
    const row = { code: 'J02.9', code_system: 'ICD-10', assessed_at: '2023-01-27' };
    const built = messageOf('assessment', row);
    expect(at(built, 'Encounters.0.Diagnosis.0')).not.toHaveProperty('StartDate');
    expect(at(built, 'Assessment.Diagnoses.0.DateTime')).toBe('2023-01-27');
  });

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['W', 'White', ['2106-3'], []],
    ['B', 'Black or African American', ['2054-5'], []],
    ['I', 'American Indian or Alaska Native', ['1002-5'], []],
    ['A', 'Asian', ['2028-9'], []],
    ['White; Asian', 'Other Race', ['2106-3', '2028-9'], []],
    ['2106-3|2054-5', 'Other Race', ['2106-3', '2054-5'], []],
    ['White, Caucasian', 'White', ['2106-3'], []],
    ['Black/African American', 'Black or African American', ['2054-5'], []],
    ['White and martian', 'White', ['2106-3'], ['race unmapped']],
  ])('the race %s is %s, in codes %j', (race, sent, codes, problems) => {
    const patient = patientRow({ patient_id: '1', race });
    const document = buildVisitPush(outpatientVisit, patient, push, context);
    const codesOf = at(document, 'Header.Patient.Demographics.RaceCodes') as readonly JsonObject[];
    expect(at(document, 'Header.Patient.Demographics.Race')).toBe(sent);
    expect(codesOf.map((code) => code['Code'])).toEqual(codes);
    const update = buildPatientUpdate(patient, context);
    expect((update.message['Patient'] as JsonObject)['Demographics']).toEqual({ Race: sent });
    expect(update.findings.map(({ column, problem }) => `${column} ${problem}`)).toEqual(problems);
  });

  test('equal their golden file', () => {
    golden(
      'words-and-codes',
      build({
        ...rowsIn('allergies', { substance_name: 'Dust', type: 'MA' }),
        ...rowsIn('results', { name: 'HIV', value: 'Negative', units: '{nominal}', interpretation: '<' }),
        ...rowsIn('procedures', {
          kind: 'observation',
          code: 'CT',
          code_system: '1.2.840.10008.2.16.4',
          name: 'CT scan',
        }),
        ...rowsIn('immunizations', { code: '140', code_system: '2.16.840.1.113883.6.59', name: 'Influenza' }),
        ...rowsIn('notes', { name: 'Progress note', text: 'Well.', status: 'final' }),
      }),
    );
  });
});

describe('what was given at the visit', () => {
  test('is no medication of the patient', () => {
    const built = messageOf(
      'medications',
      { kind: 'administered', name: 'ceftriaxone', started_at: '2023-01-27 11:20', ended_at: '2023-01-27 11:20' },
      { kind: 'discharge', name: 'amoxicillin' },
      { name: 'lisinopril' },
    );
    const names = (path: string): readonly unknown[] =>
      (at(built, path) as readonly JsonObject[]).map((item) => (item['Product'] as JsonObject)['Name']);
    expect(names('Medications')).toEqual(['lisinopril']);
    expect(names('DischargeMedications')).toEqual(['amoxicillin']);
    expect(names('MedicationsAdministered')).toEqual(['ceftriaxone']);
    expect(at(built, 'MedicationsText')).not.toContain('ceftriaxone');
    golden('given-at-the-visit', built);
  });
});

describe('a finding that is no disease', () => {
  test('is a health concern and no problem', () => {
    const built = build({
      ...rowsIn('problems', { name: 'Hypertension' }),
      ...rowsIn('health_concerns', { name: 'Full-time employment (finding)', status: 'resolved' }),
    });
    expect(at(built, 'Problems')).toEqual([{ Name: 'Hypertension' }]);
    expect(at(built, 'HealthConcerns')).toEqual([{ Name: 'Full-time employment (finding)', Status: 'completed' }]);
    expect(cellsIn(at(built, 'HealthConcernsText'))).toContain('Full-time employment (finding)');
    golden('health-concern', built);
  });
});

describe('a resolved problem', () => {
  test('stands on its own list, and one that only ended stays', () => {
    const built = messageOf(
      'problems',
      { name: 'Pneumonia', status: 'resolved', ended_at: '2022-02-01' },
      { name: 'Migraine', ended_at: '2022-02-01' },
      { name: 'Asthma', status: 'refuted' },
    );
    expect(at(built, 'ResolvedProblems')).toMatchObject([{ Name: 'Pneumonia', Status: { Code: '413322009' } }]);
    expect(at(built, 'Problems')).toEqual([{ Name: 'Migraine', EndDate: '2022-02-01' }]);
    expect(cellsIn(at(built, 'ResolvedProblemsText'))).toContain('Pneumonia');
    expect(cellsIn(at(built, 'ProblemsText'))).toContain('Not present: Asthma');
    golden('resolved-problem', built);
  });
});
