/**
 * What all spellings of one thing have in common: its letters and digits, without case and accents. `Non-Hispanic`,
 * `non hispanic` and `NONHISPANIC` are one, and so are `2106-3` and `21063`.
 */
export const spelling = (text: string): string =>
  text
    .replaceAll('&', 'and')
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

/**
 * Looks texts up by spelling. The table has, for each value, its other spellings, parted by `|`. A spelling under two
 * values is a mistake in the table, so it stops the program as it loads rather than choosing one of them.
 */
export const lookup = <Value extends string>(
  table: Readonly<Record<Value, string>>,
): ((text: string) => Value | undefined) => {
  const values = new Map<string, Value>();
  for (const [value, others] of Object.entries<string>(table) as [Value, string][]) {
    for (const key of spellings(`${value}|${others}`)) {
      if ((values.get(key) ?? value) !== value) throw new Error(`The spelling ${key} stands under two values`);
      values.set(key, value);
    }
  }
  return (text) => values.get(spelling(text));
};

const spellings = (texts: string): readonly string[] =>
  texts
    .split('|')
    .map(spelling)
    .filter((key) => key !== '');

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
export const saysNothing = (text: string): boolean =>
  /^\s*n\s*[/.]\s*a\.?\s*$/i.test(text) || spelling(text) === '' || sayings.has(spelling(text));
