import { isDamaged } from '../../values/damage.ts';
import { type Finding, type Problem, leftOut, read, type Reading } from '../../values/reading.ts';
import { idObjection } from '../../values/identifier.ts';
import { readPlainText } from '../../values/markup/plain-text.ts';
import { mendedName } from '../../values/person/person-name.ts';
import { isNullMark, isNullWord, saysNothingAsCode, saysNothingAsId, saysNothingOfCare } from '../../values/word.ts';
import { hasReplaced, inOneWritableLine, writable } from '../../values/markup/xml-text.ts';

/**
 * How a column's text is cleaned before it is parsed.
 * - `key`: compared byte for byte; sent only through other columns.
 * - `id`: sent byte for byte, or left out.
 * - `word`: a date or a word of a value set. Words for "nothing" become null.
 * - `code`: a code or its system. Fewer words count as "nothing", because systems have codes such as UNK.
 * - `name`: a person's name.
 * - `line`: one line, as written.
 * - `place`: one line. What programs write for NULL becomes null.
 * - `text`: free text, with its line breaks.
 */
export type Form = 'key' | 'id' | 'code' | 'word' | 'name' | 'line' | 'place' | 'text';

type RowOf<Column extends string> = Readonly<Record<Column, string | null>>;

/**
 * The row as messages use it: words for "nothing" are null, and every other character is allowed in a message. A row
 * that is already clean is returned itself.
 */
export const cleanedRow = <Column extends string>(
  row: RowOf<Column>,
  forms: Readonly<Record<string, Form>>,
  findings: Finding[],
): RowOf<Column> => {
  let cleaned: Record<string, string | null> | undefined;
  for (const column in row) {
    const given = row[column];
    if (given === null || given === '') continue;
    const form = forms[column] ?? 'line';
    if (isSurelyClean(given, form)) continue;
    const { value, problems } = cleanedText(given, form);
    for (const problem of problems) findings.push({ column, problem });
    if (value !== given) (cleaned ??= { ...row })[column] = value ?? null;
  }
  return cleaned === undefined ? row : (cleaned as RowOf<Column>);
};

/**
 * Recognises nearly every text as clean at one look: European letters and signs, free of backslashes and of the
 * beginnings of null words, spreadsheet forms and markup. The patterns avoid repeated groups, which overflow the stack
 * on a text of megabytes.
 */
const surelyClean: Readonly<Record<Form, RegExp>> = {
  key: /^[!-[\]-~]/,
  id: /^(?![nu])[a-z\d]+$/i,
  code: /^(?![nu])[a-z\d]+(?:-\d)?$/i,
  word: /^\d[ -~]*$/,
  name: /^(?![nu])[a-z]+$/i,
  line: /^[ -[\]-~\u00a1-\u02ff]+$/,
  place: /^(?![nu(<#\s])[ -[\]-~\u00a1-\u02ff]+$/i,
  text: /^[ -;=-[\]-z|~\u00a1-\u02ff]{1,23}$/,
};

const isSurelyClean = (text: string, form: Form): boolean =>
  surelyClean[form].test(text) && (form !== 'name' || !text.includes('  '));

const cleanedText = (text: string, form: Form): Reading<string> => {
  if (isNullMark(text)) return leftOut();
  if (form === 'key') return read(text);
  if (form === 'id') return cleanedId(text);
  if (isDamaged(text)) return leftOut('damaged');
  switch (form) {
    case 'code':
      return saysNothingAsCode(text) ? leftOut() : noted(inOneWritableLine(text), text);
    case 'word':
      return wordIn(inOneWritableLine(text), text);
    case 'line':
      return noted(inOneWritableLine(text), text);
    case 'place':
      return isNullWord(text) ? leftOut() : noted(inOneWritableLine(text), text);
    case 'name':
      return nameIn(inOneWritableLine(text).replace(/ {2,}/g, ' '), text);
    case 'text':
      return textIn(text);
  }
};

const cleanedId = (text: string): Reading<string> => {
  if (saysNothingAsId(text)) return leftOut();
  const objection = idObjection(text);
  return objection === undefined ? read(text) : leftOut(objection);
};

/** Skips the search for null words where the text begins with a digit, as most codes and times do. */
const wordIn = (line: string, given: string): Reading<string> =>
  !/^\s*\d/.test(line) && (saysNothingOfCare(line) || isNullWord(line)) ? leftOut() : noted(line, given);

const nameIn = (line: string, given: string): Reading<string> => {
  const name = mendedName(line);
  const problems: Problem[] = [...noted(line, given).problems];
  if (!isAsGiven(name, given.trim()) && problems.length === 0) problems.push('name_mended');
  if (isNullWord(name) || /^(?:none|[-–—.?]+)$/i.test(name)) problems.push('null_word');
  return read(name, ...problems);
};

/** The full stop of an abbreviation is left out without a finding: `J.` is nobody's mistake. */
const isAsGiven = (name: string, given: string): boolean => name === given || `${name}.` === given;

const textIn = (given: string): Reading<string> => {
  const plain = readPlainText(given);
  return plain.value === undefined ? plain : noted(writable(plain.value), plain.value);
};

const noted = (clean: string, given: string): Reading<string> =>
  clean !== given && hasReplaced(given) ? read(clean, 'forbidden_character') : read(clean);

/** Reads the columns of one cleaned row and collects the findings by column. */
export class RowReader<Column extends string> {
  readonly #row: Readonly<Record<Column, string | null>>;
  readonly #findings: Finding[];

  /** Rows that are read together may share one list of findings. */
  constructor(row: Readonly<Record<Column, string | null>>, findings: Finding[] = []) {
    this.#row = row;
    this.#findings = findings;
  }

  /** The text without outer white space; undefined if it is empty. */
  text(column: Column): string | undefined {
    const trimmed = (this.#row[column] ?? '').trim();
    return trimmed === '' ? undefined : trimmed;
  }

  /** An id with its white space: two ids that differ only in white space are two ids. */
  id(column: Column): string | undefined {
    const given = this.#row[column] ?? '';
    return given.trim() === '' ? undefined : given;
  }

  read<T>(column: Column, reader: (text: string) => Reading<T>): T | undefined {
    const text = this.text(column);
    return text === undefined ? undefined : this.keep(column, reader(text));
  }

  /** Returns the value of a reading made elsewhere and records its problems under the column. */
  keep<T>(column: Column, reading: Reading<T>): T | undefined {
    for (const problem of reading.problems) this.#findings.push({ column, problem });
    return reading.value;
  }
}
