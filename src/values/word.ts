/** How the words of a column are recognised: their common spelling, the words for "nothing", and lists of words. */
import { leftOut, read, type Reading } from './reading.ts';

/**
 * The common form of all spellings of one word: letters and digits, without case and accents. `Non-Hispanic`, `non
 * hispanic` and `NONHISPANIC` become equal, and so do `2106-3` and `21063`.
 */
export const lettersAndDigits = (text: string): string => {
  // A fast path for plain ASCII words, with the same result.
  if (/^[A-Za-z0-9]*$/.test(text)) return text.toLowerCase();
  const spelled = text.replaceAll('&', 'and');
  const letters = isAscii(spelled)
    ? spelled.replace(/[^A-Za-z0-9]+/g, '')
    : spelled.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '');
  return letters.toLowerCase();
};

const isAscii = (text: string): boolean => !/[^\u0020-\u007e]/.test(text);

/**
 * Looks up texts by spelling. For each value, the table has its other spellings, separated by `|`. A spelling of two
 * values is an error in the table and throws at load time.
 */
export const lookup = <Value extends string>(
  table: Readonly<Record<Value, string>>,
): ((text: string) => Value | undefined) => {
  const values = new Map<string, Value>();
  for (const [value, others] of Object.entries<string>(table) as [Value, string][]) {
    for (const key of spellings(`${value}|${others}`)) {
      if ((values.get(key) ?? value) !== value) throw new Error(`The spelling ${key} belongs to two values`);
      values.set(key, value);
    }
  }
  return (text) => values.get(lettersAndDigits(text));
};

export const spellings = (texts: string): readonly string[] =>
  texts
    .split('|')
    .map(lettersAndDigits)
    .filter((key) => key !== '');

/**
 * Parses a table of `code three-letter-codes names;`, with alternatives separated by `|`, into the other spellings of
 * each code: those of the table and those in `alsoSpelled`.
 */
export const codeTable = (
  table: string,
  alsoSpelled: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...table.matchAll(/\b(\w{2}) ([\w|]+) ([^;]+);/g)].map(([, code = '', codes = '', names = '']) => [
      code,
      [codes, names, alsoSpelled[code] ?? ''].join('|'),
    ]),
  );

/**
 * The usual words for "nothing", including the null flavours of HL7 v3 that are free of other meanings (UNK, ASKU,
 * NASK; https://terminology.hl7.org/CodeSystem-v3-NullFlavor.html) and `und` of ISO 639-2.
 */
const nothingWords = new Set(
  spellings(`
    unknown | unk | asku | nask | und | undetermined | not known | unspecified | not specified | not reported |
    unknown / not reported | not recorded | not provided | not asked | not available | not applicable | none | null | nil |
    asked but unknown | asked but no answer | unable to obtain
  `),
);

/** A person who declines to answer leaves a field of demographics empty. */
const declinedAnswers = new Set(
  spellings(`
    declined | patient declined | declined to answer | declined to specify | declined to state | refused |
    patient refused | refused to answer | refused to report | choose not to disclose | chose not to disclose |
    prefer not to say | prefer not to answer | prefer not to disclose
  `),
);

/** The slash distinguishes `N/A`, and Excel's `#N/A`, from the letters NA, which mean Namibia and the language of Nauru. */
const notApplicable = /^\s*#?\s*n\s*[/.]\s*a\.?\s*$/i;

const longestWord = 200;

/** For demographics, where a declined answer is no answer. */
export const saysNothing = (text: string): boolean =>
  saysNothingOfCare(text) || (text.length <= longestWord && declinedAnswers.has(lettersAndDigits(text)));

/** For clinical content, where `refused` says that something was not done. */
export const saysNothingOfCare = (text: string): boolean => {
  if (text.length > longestWord) return false;
  if (notApplicable.test(text) || isNullMark(text)) return true;
  const letters = lettersAndDigits(text);
  return letters === '' || nothingWords.has(letters);
};

/** `\N`, as MySQL and COPY write NULL. It has no other meaning, so it is null in every column. */
export const isNullMark = (text: string): boolean => text.length < 8 && text.trim() === '\\N';

/** What programs write for NULL. Nobody chooses these words, although some people are called Null. */
export const isNullWord = (text: string): boolean =>
  text.length < 12 && (notApplicable.test(text) || /^\s*(?:[(<[]?null[)>\]]?|nil|nan|undefined|\\N)\s*$/i.test(text));

/** For dates and yes-or-no columns, where `NA` of R and `NaT` of pandas must mean a missing value. */
export const saysNothingOfWhen = (text: string): boolean =>
  saysNothing(text) || isNullWord(text) || /^\s*na[nt]?\s*$/i.test(text);

/** For codes: `UNK` and `unknown` are codes of some systems, so they are kept. */
export const saysNothingAsCode = (text: string): boolean => isNullWord(text) || /^\s*(?:none|[-–—]+)\s*$/i.test(text);

/**
 * For ids: fewer words, because an id may be any text, such as `NA` or `0`. A text of dashes, dots and question marks
 * is no id.
 */
export const saysNothingAsId = (text: string): boolean =>
  /^\s*$/.test(text) || isNullWord(text) || /^\s*(?:none|unknown|unk|[-–—.?]+)\s*$/i.test(text);

const wordsOf = <Word extends string, Other>(
  table: Readonly<Record<Word, string>>,
  unlisted: (text: string) => Reading<Other>,
): ((text: string) => Reading<Word | Other>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text);
    if (word !== undefined) return read(word);
    return saysNothingOfCare(text) ? leftOut() : unlisted(text);
  };
};

/** Reads the words of an open list: an unlisted word is sent as written, and reported. */
export const openWords = (table: Readonly<Record<string, string>>): ((text: string) => Reading<string>) =>
  wordsOf(table, (text) => read(text, 'unmapped'));

/** Reads the words of a closed list: an unlisted word is left out, and reported. */
export const closedWords = <Word extends string>(
  table: Readonly<Record<Word, string>>,
): ((text: string) => Reading<Word>) => wordsOf(table, () => leftOut('unmapped'));

/** Postgres prints `t` and `f`; the others are its accepted spellings, and those of CSV extracts. */
const truthOf = lookup({ true: 't | yes | y | on | 1', false: 'f | no | n | off | 0' });

export const readBoolean = (text: string): Reading<boolean> => {
  const value = truthOf(text);
  if (value !== undefined) return read(value === 'true');
  return saysNothingOfWhen(text) ? leftOut() : leftOut('malformed');
};
