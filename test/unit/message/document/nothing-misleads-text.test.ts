import { describe, expect, test } from 'vitest';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import type { Section } from '../../../../src/contract/section.ts';
import { expectGolden } from '../golden.ts';
import { comparable } from '../../../../src/message/fingerprint/fingerprint.ts';
import { context, encounterRow, outpatientVisit, patientRow, push } from '../rows.ts';
import { rowsIn, messageOf, at, problemsOf, cellsIn, golden, type Values, type Message } from './reading.ts';

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
      { ...outpatientVisit, discharge_disposition: '01', room: '12', provider_credentials: 'MD, PhD' },
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
      Place: 'Elm Street Clinic, Family Medicine, room 12',
      Clinician: 'Grace Okafor, MD, PhD',
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
