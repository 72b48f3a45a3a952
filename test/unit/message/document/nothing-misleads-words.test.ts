import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/json.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import { buildPatientUpdate } from '../../../../src/message/patient.ts';
import { context, inpatientVisit, outpatientVisit, patientRow, push } from '../rows.ts';
import { rowsIn, build, messageOf, at, problemsOf, cellsIn, golden } from './reading.ts';

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

  test.each([
    ['H', 'High'],
    ['LL', 'Critical low'],
    ['N', 'Normal'],
    ['*', '*'],
    ['see below', 'see below'],
  ])('of the meaning %j stands in the text as %j', (interpretation, words) => {
    for (const [section, text] of [
      ['results', 'ResultText'],
      ['vital_signs', 'VitalSignsText'],
    ] as const) {
      const built = messageOf(section, { name: 'x', value: '1', interpretation });
      expect(cellsIn(at(built, text))).toContain(words);
    }
  });

  test('equals its golden file', () => {
    golden('result-status', messageOf('results', { name: 'Sodium', value: '140', units: 'mmol/L', status: 'A' }));
  });
});
