import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/json.ts';
import { rowsIn, build, messageOf, at, problemsOf, cellsIn, golden, type Values } from './reading.ts';

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
