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
