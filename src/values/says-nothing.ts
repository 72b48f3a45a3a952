import { lettersAndDigits, spellings } from './lookup.ts';

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
