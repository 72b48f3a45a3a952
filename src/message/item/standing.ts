/**
 * What a row says of its subject: it is so, it is not so, it was not done, or the source leaves it open. Reading this
 * once, before the coded part and the text are built, keeps the two from contradicting each other.
 */
import type { Row } from '../../contract/section/rows.ts';
import type { Section } from '../../contract/section.ts';
import {
  errorLetters,
  isEnteredInError,
  isDenial,
  readNegation,
  completionInWords,
  isRefusal,
  readNotDone,
  readReasonNotDone,
  type NotDone,
} from '../../values/clinical/denial.ts';
import type { Finding } from '../../values/reading.ts';
import { closedWords } from '../../values/word.ts';

export type Standing =
  | { readonly kind: 'stated'; /** Whether the row says so itself. */ readonly isAffirmed: boolean }
  /** Known to be absent. */
  | { readonly kind: 'absent' }
  | ({ readonly kind: 'not_done' } & NotDone)
  /** `negated` has a word that is not understood. */
  | { readonly kind: 'unclear'; readonly word: string };

type SectionSet = ReadonlySet<Section>;
const conditions: SectionSet = new Set([
  ...['allergies', 'problems', 'admission_diagnosis', 'discharge_diagnosis', 'health_concerns'],
] as Section[]);
const observations: SectionSet = new Set(['results', 'vital_signs']);
const acts: SectionSet = new Set([
  ...['medications', 'immunizations', 'procedures', 'results', 'vital_signs'],
  ...['plan_of_care', 'medical_equipment', 'supplies'],
] as Section[]);

/** `row` is cleaned. A problem is added to the findings. */
export const standingOf = (section: Section, row: Row, findings: Finding[]): Standing => {
  const status = textIn(row, 'status');
  if (acts.has(section)) return standingOfAct(section, row, status);
  if (conditions.has(section) && isDenial(status)) return { kind: 'absent' };
  const word = textIn(row, 'negated');
  if (word === '') return stated;
  const { value, problems } = readNegation(word);
  for (const problem of problems) findings.push({ column: 'negated', problem });
  if (problems.length > 0) return { kind: 'unclear', word };
  return value === true ? { kind: 'absent' } : { kind: 'stated', isAffirmed: value === false };
};

const stated: Standing = { kind: 'stated', isAffirmed: false };

/** Columns of an act in which a source may write that it was refused. */
const columnsOfRefusal = ['dose', 'given_at', 'performed_at'] as const;

const standingOfAct = (section: Section, row: Row, status: string): Standing => {
  const fromStatus = readNotDone(isGiving(section, row) ? completionInWords(status) : status);
  const inColumn = columnsOfRefusal.map((column) => textIn(row, column)).find(isRefusal);
  const given = readReasonNotDone(textIn(row, 'reason_not_given'));
  if (fromStatus === undefined && inColumn === undefined && given === undefined) return stated;
  return { kind: 'not_done', reason: bothReasons(fromStatus?.reason ?? inColumn, given) };
};

/** HL7 v2 table 0322 is about what is given to a patient; elsewhere its letters mean other things. */
export const isGiving = (section: Section, row: Row): boolean =>
  section === 'immunizations' ||
  (section === 'medications' && readMedicationKind(textIn(row, 'kind')).value === 'administered');

const bothReasons = (one: string | undefined, other: string | undefined): string | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return other.toLowerCase().includes(one.toLowerCase()) ? other : `${one}: ${other}`;
};

/** The columns that may say that a row was entered in error. */
const columnsOfError = ['status', 'panel_status', 'negated', 'achievement_status_name', 'achievement_status_code'];

/** Is this a row that the source has taken back? */
export const isInError = (section: Section, row: Row): boolean =>
  columnsOfError.some((column) => isEnteredInError(textIn(row, column), column === 'status' ? lettersOf(section) : ''));

const lettersOf = (section: Section): string => {
  if (section === 'allergies') return errorLetters.allergy;
  return observations.has(section) ? errorLetters.observation : '';
};

const textIn = (row: Row, column: string): string => row[column]?.trim() ?? '';

/** `Not done: refused`, for a comment or a text; undefined for what was done. */
export const wordsOfNotDone = (standing: Standing): string | undefined => {
  if (standing.kind !== 'not_done') return undefined;
  return standing.reason === undefined ? 'Not done' : `Not done: ${standing.reason}`;
};

/** The subject of a row with what the row says of it. */
export const subjectInWords = (standing: Standing, subject: string): string => {
  switch (standing.kind) {
    case 'stated':
      return subject;
    case 'absent':
      return subject === '' ? 'Not present' : `Not present: ${subject}`;
    case 'not_done':
      return subject === '' ? 'Not done' : `Not done: ${subject}`;
    case 'unclear':
      return subject === '' ? `negated: ${standing.word}` : `${subject}, negated: ${standing.word}`;
  }
};

/** The list of Redox on which a medication belongs. */
export const readMedicationKind = closedWords({
  current: 'home | outpatient | prescribed',
  discharge: '',
  administered: 'given | inpatient',
});
