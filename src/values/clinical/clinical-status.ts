import { lookup, isNullWord, openWords } from '../word.ts';
import { completionInWords, readNotDone } from './denial.ts';
import { leftOut, read, type Reading } from '../reading.ts';

/**
 * Statuses and interpretations that are plain texts at Redox. Redox publishes no list of them, so the words are those
 * of its samples and, beyond these, of the HL7 tables behind them.
 */

/** What people write where there is nothing to write. */
const isDash = (text: string): boolean => /^[\s\-–—.]*$/.test(text);

/**
 * Reads the status of an act. Every word counts: `unknown` and `refused` are statuses, and only NULL is none. An
 * unlisted word is sent as written, and reported.
 */
const statusWords = (table: Readonly<Record<string, string>>, notDone: string): ((text: string) => Reading<string>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text) ?? (readNotDone(text) === undefined ? undefined : notDone);
    if (word !== undefined) return read(word);
    return isNullWord(text) || isDash(text) ? leftOut() : read(text, 'unmapped');
  };
};

/** Acts: procedures, medications, vital signs, equipment. HL7 v3 ActStatus, with FHIR's words for it. */
export const readActStatus = statusWords(
  {
    completed: 'complete | done | finished | given | performed',
    active: 'in progress | ongoing | current',
    aborted: 'stopped | discontinued | terminated',
    cancelled: 'canceled',
    suspended: 'on hold | held | paused',
    new: 'planned | scheduled | preparation | draft | intended',
  },
  'cancelled',
);

/** Vaccines and doses: the same words, and HL7 v2 table 0322. A dose that was given in part was given. */
export const readGivenStatus = (text: string): Reading<string> => {
  const words = completionInWords(text);
  return words === 'partially administered' ? read('completed') : readActStatus(words);
};

/** Observations: `Final` and `In Progress` of the samples; HL7 v2 table 0085, FHIR observation-status. */
export const readResultStatus = statusWords(
  {
    Final: 'F | U | V | completed | complete | done',
    'In Progress': 'I | active | pending | in process | registered | S | partial | O',
    Preliminary: 'P | R | prelim',
    Corrected: 'A | B | C | amended | appended',
    Canceled: 'N | X | cancelled | aborted',
  },
  'Canceled',
);

/** Panels: the same words, but the letters of HL7 v2 table 0123, which differ. FHIR diagnostic-report-status. */
export const readPanelStatus = statusWords(
  {
    Final: 'F | completed | complete | done',
    'In Progress': 'A | I | N | O | S | active | pending | in process | registered | partial',
    Preliminary: 'P | R | prelim',
    Corrected: 'C | M | amended | appended',
    Canceled: 'X | cancelled | aborted',
  },
  'Canceled',
);

/** Health concerns: `active` of Redox's sample, and the other statuses of C-CDA's Health Concern Act. */
export const readConcernStatus = openWords({
  active: 'A | current | ongoing | recurrence | relapse',
  completed: 'complete | resolved | R | ended | closed | remission',
  suspended: 'inactive | I | on hold',
  aborted: 'stopped | discontinued',
});

/** The signs of HL7 v2 table 0078, which have no letters to look them up by. */
const offScale: ReadonlyMap<string, string> = new Map([
  ['<', 'Off scale low'],
  ['>', 'Off scale high'],
]);

/**
 * Results and vital signs: HL7 v2 table 0078, in the words of HL7 v3 ObservationInterpretation. Any other sign, such as
 * a laboratory's `*`, is sent as it is, and reported.
 */
export const readInterpretation = (text: string): Reading<string> => {
  const sign = offScale.get(text.trim());
  if (sign !== undefined) return read(sign);
  const isSign = /^[^\p{L}\p{N}]+$/u.test(text) && !isDash(text);
  return isSign ? read(text.trim(), 'unmapped') : interpretationWords(text);
};

const interpretationWords = openWords({
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
  'Non-reactive': 'NR',
  Reactive: 'RR',
  'Weakly reactive': 'WR',
  Equivocal: 'E',
  Better: 'B',
  Worse: 'W',
  'Significant change up': 'U',
  'Significant change down': 'D',
  'Moderately susceptible': 'MS',
  'Very susceptible': 'VS',
});

/** Notes: `completed` of Redox's sample, FHIR composition-status, HL7 v2 table 0271. */
export const readNoteStatus = statusWords(
  {
    completed:
      'complete | final | done | signed | authenticated | AU | LA | legally authenticated | amended | corrected',
    active: 'preliminary | in progress | draft | unsigned | incomplete | dictated | DI | IN | IP',
    cancelled: 'canceled',
  },
  'cancelled',
);

/** Plan of care: `Request` and `Intent` of the samples, which are the moods RQO and INT of HL7 v3. */
export const readPlanStatus = openWords({
  Request: 'RQO | requested | order | ordered | active',
  Intent: 'INT | intended | planned | plan | draft',
});
