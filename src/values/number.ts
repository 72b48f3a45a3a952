import { leftOut, read, type Reading } from './reading.ts';
import { saysNothingOfCare } from './word.ts';

/**
 * A plain decimal number, as written. `1,000` is a thousand or one, depending on the country, and `5 mg`, `120/80` and
 * `one` are not numbers. These are left out of the coded part and appear only in the section's text.
 */
export const readNumber = (text: string): Reading<string> => {
  if (isNumber(text)) return read(text.trim());
  return saysNothingOfCare(text) ? leftOut() : leftOut('not_a_number');
};

export const isNumber = (text: string): boolean => /^\s*[-+]?(?:\d+(?:\.\d+)?|\.\d+)\s*$/.test(text);

/**
 * A value that may also be words. Only numbers of ambiguous form are left out: with a comma, blanks or an exponent,
 * readers understand them differently.
 */
export const readNumberOrWords = (text: string): Reading<string> =>
  text.length <= longestNumber && groupedNumber.test(text) && !isNumberAfterSign(text)
    ? leftOut('not_a_number')
    : read(text);

/** People write shorter numbers than this, and the pattern would overflow the stack on megabytes. */
const longestNumber = 100;
const groupedNumber = /^\s*[<>=≤≥~]*\s*[-+]?\d+(?:[\s.',’]\d+)*(?:E[-+]?\d+)?\s*$/iu;

/** `<5` and `>= 90` are words with a plain number in them. */
const isNumberAfterSign = (text: string): boolean => isNumber(text.replace(/^\s*[<>=≤≥~]+/u, ''));

/** A whole number from zero on; Postgres prints the decimals of a numeric even where they are zero. */
export const readCount = (text: string): Reading<number> => {
  const [, digits] = /^(\d{1,9})(?:\.0*)?$/.exec(text.trim()) ?? [];
  if (digits !== undefined) return read(Number(digits));
  return saysNothingOfCare(text) ? leftOut() : leftOut('malformed');
};
