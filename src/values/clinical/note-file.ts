import { Buffer } from 'node:buffer';
import { leftOut, read, type Reading } from '../reading.ts';
import { closedWords } from '../word.ts';

/** The kinds of file that a note may be, in words for people. */
export const fileKinds = { pdf: 'PDF', rtf: 'RTF', tiff: 'TIFF' } as const;
type FileKind = keyof typeof fileKinds;

export const readFileKind = closedWords<FileKind>({
  pdf: 'application/pdf',
  rtf: 'application/rtf | text/rtf | rich text',
  tiff: 'tif | image/tiff',
});

export interface NoteFile {
  readonly kind: FileKind;
  /** In one run, without line breaks. */
  readonly base64: string;
}

/** Redox's limit for a file within a message. */
const mostBytes = 10_000_000;

/** The first bytes of each kind, each byte as a character; TIFF has them in either order. */
const beginnings: readonly (readonly [string, FileKind])[] = [
  ['%PDF-', 'pdf'],
  ['{\\rtf', 'rtf'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
];

/** Postgres breaks base64 into lines, and some programs put `data:…,` before it. */
export const readNoteFile = (text: string): Reading<NoteFile> => {
  const base64 = text.replace(/^\s*data:[\w.+-]*\/[\w.+-]*(?:;[\w=.+-]*)*,/i, '').replace(/\s+/g, '');
  if (base64.length * 0.75 > mostBytes + 2) return leftOut('file_too_large');
  const kind = kindOf(base64);
  return kind === undefined ? leftOut('malformed') : read({ kind, base64 });
};

const kindOf = (base64: string): FileKind | undefined => {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const first = Buffer.from(base64.slice(0, 16), 'base64').toString('latin1');
  return beginnings.find(([beginning]) => first.startsWith(beginning))?.[1];
};
