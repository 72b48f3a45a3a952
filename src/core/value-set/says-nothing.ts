import { lettersAndDigits, spellings } from './lookup.ts';

/**
 * The usual ways to say that nothing is known, among them the null flavours of HL7 v3 that are no other code (UNK, ASKU,
 * NASK; https://terminology.hl7.org/CodeSystem-v3-NullFlavor.html) and `und` of ISO 639-2.
 */
const sayings = new Set(
  spellings(`
    unknown | unk | asku | nask | und | undetermined | not known | unspecified | not specified | not reported |
    unknown / not reported | not recorded | not provided | not asked | not available | not applicable | none | null |
    asked but unknown | asked but no answer | unable to obtain | declined | patient declined | declined to answer |
    declined to specify | declined to state | refused | patient refused | refused to answer | refused to report |
    choose not to disclose | chose not to disclose | prefer not to say | prefer not to answer | prefer not to disclose
  `),
);

/** `N/A` is told by its slash: its letters alone are Namibia and the language of Nauru. */
export const saysNothing = (text: string): boolean => {
  if (/^\s*n\s*[/.]\s*a\.?\s*$/i.test(text)) return true;
  const letters = lettersAndDigits(text);
  return letters === '' || sayings.has(letters);
};
