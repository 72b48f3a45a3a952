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
