import { describe, expect, it } from 'vitest';
import { damageMark } from '../../../src/values/damage.ts';
import { isNamelessNow } from '../../../src/contract/section/nameless.ts';
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

  it('is no note without a readable text', () => {
    expect(isNamelessNow({ notes: [sectionRow('notes', { name: 'Progress note', text: damageMark })] })).toBe(true);
  });
});
