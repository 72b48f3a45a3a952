import { closedWords } from '../../values/word.ts';

/** The list of Redox on which a medication belongs. */
export const readMedicationKind = closedWords({
  current: 'home | outpatient | prescribed',
  discharge: '',
  administered: 'given | inpatient',
});
