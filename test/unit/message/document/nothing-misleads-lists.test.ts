import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/json.ts';
import { rowsIn, build, messageOf, at, cellsIn, golden } from './reading.ts';

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
