/**
 * What all spellings of one thing have in common: its letters and digits, without case and accents. `Non-Hispanic`,
 * `non hispanic` and `NONHISPANIC` are one, and so are `2106-3` and `21063`.
 */
export const lettersAndDigits = (text: string): string => {
  // Most texts are such words, in which there is nothing to fold: as below, several times as fast.
  if (/^[A-Za-z0-9]*$/.test(text)) return text.toLowerCase();
  const spelled = text.replaceAll('&', 'and');
  const letters = isAscii(spelled)
    ? spelled.replace(/[^A-Za-z0-9]+/g, '')
    : spelled.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '');
  return letters.toLowerCase();
};

const isAscii = (text: string): boolean => !/[^\u0020-\u007e]/.test(text);

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
  return (text) => values.get(lettersAndDigits(text));
};

export const spellings = (texts: string): readonly string[] =>
  texts
    .split('|')
    .map(lettersAndDigits)
    .filter((key) => key !== '');
