import { readNoteStatus } from '../../values/clinical/clinical-status.ts';
import { closedWords } from '../../values/word.ts';
import { paragraph, type Markup } from '../document/narrative.ts';
import type { Draft } from '../present.ts';
import { inOneLine, wordedCode, wordedTime } from '../wording.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { grouped } from '../item/items.ts';
import { itemsByKind } from '../item/kind.ts';

type Note = Item<'notes'>;

/** Redox's keys for document parts that are pure text. */
const textKeys = {
  chief_complaint: 'ChiefComplaintText',
  history_of_present_illness: 'HistoryOfPresentIllnessText',
  interventions: 'InterventionsText',
  medical_history: 'MedicalHistoryText',
  objective: 'ObjectiveText',
  physical_exam: 'PhysicalExamText',
  reason_for_referral: 'ReasonForReferralText',
  review_of_systems: 'ReviewOfSystemsText',
  subjective: 'SubjectiveText',
  instructions: 'InstructionsText',
  reason_for_visit: 'ReasonForVisitText',
} as const;
type PartKind = keyof typeof textKeys;

/** The contract's words, and C-CDA's LOINC codes for these sections. */
const readKind = closedWords({
  note: '',
  chief_complaint: '10154-3',
  history_of_present_illness: '10164-2 | HPI',
  interventions: '62387-6',
  medical_history: '11348-0 | 11329-0',
  objective: '61149-1',
  physical_exam: '29545-1 | physical examination',
  reason_for_referral: '42349-1',
  review_of_systems: '10187-3 | ROS',
  subjective: '61150-9',
  instructions: '69730-0',
  reason_for_visit: '29299-5',
});

/** A note is told twice, as in Redox's sample: in the text of its section, and by itself as plain text. */
export const buildNotes: SectionBuilder<'notes'> = (items) => {
  const kinds = Object.keys(textKeys) as PartKind[];
  const { note, ...parts } = itemsByKind(items, readKind, ['note', ...kinds]);
  const texts = kinds.map((kind) => [textKeys[kind], textOf(parts[kind])] as const);
  return { NoteSections: grouped(note).map(noteSection), ...Object.fromEntries(texts) };
};

/** One element for each kind of note, because a document has one section per kind. */
const noteSection = (notes: readonly [Note, ...Note[]]): Draft => ({
  ...notes[0].codedPlus(''),
  Title: notes[0].text('name') ?? notes[0].text('title'),
  Text: textOf(notes),
  Notes: notes.map((note) => ({
    ...note.codedPlus(''),
    ContentType: 'Plain Text',
    FileContents: paragraph(note.text('text') ?? '', ''),
    DateTime: note.time('written_at'),
    Status: note.status(readNoteStatus),
  })),
});

const textOf = (notes: readonly Note[]): Markup =>
  notes.map((note) => paragraph(note.text('text') ?? '', captionOf(note))).join('');

const captionOf = ({ rows: [row], building }: Note): string =>
  inOneLine(
    [
      wordedCode(row, ''),
      row['title']?.trim(),
      wordedTime(row, 'written_at', building.calendar),
      row['status']?.trim(),
    ],
    ', ',
  );
