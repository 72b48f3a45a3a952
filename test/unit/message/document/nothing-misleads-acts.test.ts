import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/json.ts';
import type { Section } from '../../../../src/contract/section.ts';
import { rowsIn, build, messageOf, at, problemsOf, cellsIn, golden } from './reading.ts';

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
