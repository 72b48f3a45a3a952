import { openWords } from './word.ts';

/**
 * Statuses and interpretations that are plain texts at Redox. Redox publishes no list of them, so the words are those
 * of its samples and, beyond these, of the HL7 tables behind them.
 */

/** Acts: procedures, medications, immunizations, vital signs, equipment. HL7 v3 ActStatus, with FHIR's words for it. */
export const readActStatus = openWords({
  completed: 'complete | done | finished | given | performed',
  active: 'in progress | ongoing | current',
  aborted: 'stopped | discontinued | terminated',
  cancelled: 'canceled | not done | not given | not performed',
  suspended: 'on hold | held | paused',
  new: 'planned | scheduled | preparation | draft',
  nullified: 'entered in error',
});

/** Results: `Final` and `In Progress` of the samples; HL7 v2 tables 0085 and 0123, FHIR observation-status. */
export const readResultStatus = openWords({
  Final: 'F | U | completed | complete | done',
  'In Progress': 'I | active | pending | in process | registered | S | A | partial | O',
  Preliminary: 'P | R | prelim',
  Corrected: 'C | W | amended | appended',
  Canceled: 'X | cancelled | aborted | not done',
});

/** Results and vital signs: HL7 v2 table 0078, in the words of HL7 v3 ObservationInterpretation. */
export const readInterpretation = openWords({
  Normal: 'N | WNL | within normal limits',
  Abnormal: 'A',
  'Critical abnormal': 'AA | very abnormal',
  High: 'H | above normal | above high normal',
  'Critical high': 'HH | panic high | very high | above upper panic limits',
  Low: 'L | below normal | below low normal',
  'Critical low': 'LL | panic low | very low | below lower panic limits',
  Positive: 'POS | detected | DET',
  Negative: 'NEG | not detected | ND',
  Indeterminate: 'IND | inconclusive',
  Resistant: 'R',
  Susceptible: 'S | sensitive',
  Intermediate: 'I',
});

/** Plan of care: `Request` and `Intent` of the samples, which are the moods RQO and INT of HL7 v3. */
export const readPlanStatus = openWords({
  Request: 'RQO | requested | order | ordered | active',
  Intent: 'INT | intended | planned | plan | draft',
});
