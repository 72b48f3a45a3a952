import { describe, expect, it } from 'vitest';
import { damageMark } from '../../../src/values/damage.ts';
import { isDetailLost, isNamelessNow } from '../../../src/contract/section/rows.ts';
import { sectionRow } from './section-rows.ts';

describe("a section's row with unreadable bytes", () => {
  it('needs a readable code or name', () => {
    const allergy = (values: Parameters<typeof sectionRow<'allergies'>>[1]): boolean =>
      isNamelessNow({ allergies: [sectionRow('allergies', values)] });
    expect(allergy({ substance_name: damageMark, substance_code: '91936005' })).toBe(false);
    expect(allergy({ substance_name: 'Penicillin', substance_code: damageMark })).toBe(false);
    expect(allergy({ substance_name: damageMark })).toBe(true);
    expect(allergy({ substance_name: damageMark, substance_code: damageMark })).toBe(true);
  });

  it('may lose what only describes it', () => {
    expect(
      isNamelessNow({ allergies: [sectionRow('allergies', { substance_name: 'Latex', severity: damageMark })] }),
    ).toBe(false);
  });

  it('leaves a patient what messages need of it', () => {
    const id = { patient_id: 'P1', id: 'E-1', type: 'EHRID' };
    expect(isDetailLost({ identifiers: [id, { ...id, patient_id: damageMark }] })).toBe(false);
    for (const column of ['id', 'type'])
      expect(isDetailLost({ identifiers: [{ ...id, [column]: damageMark }] })).toBe(true);
    const member = (over: object): boolean =>
      isDetailLost({ care_team: [sectionRow('care_team', { last_name: 'Lee', ...over })] });
    expect([member({ first_name: damageMark }), member({ last_name: damageMark })]).toEqual([false, true]);
    expect(member({ primary_care: damageMark })).toBe(true);
    const plan = (over: object): boolean => isDetailLost({ insurances: [sectionRow('insurances', over)] });
    expect([plan({ plan_name: damageMark }), plan({ plan_name: damageMark, plan_id: '7' })]).toEqual([true, false]);
  });

  it('is no note without a readable text', () => {
    expect(isNamelessNow({ notes: [sectionRow('notes', { name: 'Progress note', text: damageMark })] })).toBe(true);
  });
});
