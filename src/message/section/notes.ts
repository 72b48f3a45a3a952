import { readNoteStatus } from '../../values/clinical/clinical-status.ts';
import { fileKinds, readFileKind, readNoteFile, type NoteFile } from '../../values/clinical/note-file.ts';
import { leftOut } from '../../values/reading.ts';
import { closedWords } from '../../values/word.ts';
import { paragraph, type Markup } from '../document/narrative.ts';
import type { Draft } from '../parts.ts';
import { inOneLine, wordedCode, wordedTime } from '../wording.ts';
import type { SectionBuilder, Item } from '../item/item.ts';
import { grouped, itemsByKind } from '../item/items.ts';

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

/**
 * A note is sent twice, as in Redox's sample: in the text of its section, and by itself as plain text or as a file. A section of long
 * notes has them once, in its text: with both, a document of 5 MB would be larger than Redox takes.
 */
export const buildNotes: SectionBuilder<'notes'> = (items) => {
  const kinds = Object.keys(textKeys) as PartKind[];
  const { note, ...parts } = itemsByKind(items, readKind, ['note', ...kinds]);
  const texts = kinds
    .filter((kind) => parts[kind].length > 0)
    .map((kind) => [textKeys[kind], textOf(parts[kind].map(plain))] as const);
  return {
    NoteSections: grouped(note).map((notes) => noteSection(notes.map(read))),
    Instructions: parts.instructions.map((item) => ({ ...item.codedPlus(''), Text: textOf([plain(item)]) })),
    ...Object.fromEntries(texts),
  };
};

/** A note with the file that it is; null if it is text alone. */
interface ReadNote {
  readonly item: Note;
  readonly file: NoteFile | null;
}

const plain = (item: Note): ReadNote => ({ item, file: null });

/** A file of another kind than its row says is left out, because a reader could not open it. */
const read = (item: Note): ReadNote => {
  const given = item.text('file_contents');
  const file = given === undefined ? undefined : item.read('file_contents', readNoteFile);
  const declared = item.read('content_type', readFileKind) ?? file?.kind;
  if (file === undefined) return plain(item);
  if (declared === file.kind) return { item, file };
  item.read('file_contents', () => leftOut('malformed'));
  return plain(item);
};

/** Characters of a section whose notes are sent twice. */
const mostRepeated = 1_000_000;

/** One element for each kind of note, because a document has one section per kind. */
const noteSection = (notes: readonly ReadNote[]): Draft => {
  const first = notes[0]?.item;
  const length = notes.reduce((sum, { item }) => sum + (item.text('text')?.length ?? 0), 0);
  return {
    ...first?.codedPlus(''),
    Title: first?.text('name') ?? first?.text('title'),
    Text: textOf(notes),
    Notes: notes.map(({ item, file }) => ({
      ...item.codedPlus(''),
      ...contentOf({ item, file }, length <= mostRepeated),
      DateTime: item.time('written_at'),
      Status: item.status(readNoteStatus),
      Encounter: item.building.visit,
    })),
  };
};

function contentOf({ item, file }: ReadNote, isRepeated: boolean): Readonly<Record<string, Draft>> {
  if (file !== null) return { ContentType: 'Base64 Encoded', FileContents: file.base64 };
  return isRepeated ? { ContentType: 'Plain Text', FileContents: paragraph(item.text('text') ?? '', '') } : {};
}

/** Where a note is a file alone, its text says so. */
const textOf = (notes: readonly ReadNote[]): Markup =>
  notes
    .map(({ item, file }) =>
      paragraph(item.text('text') ?? (file === null ? '' : `${fileKinds[file.kind]} file`), captionOf(item)),
    )
    .join('');

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
