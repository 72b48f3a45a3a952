import { leftOut, read, type Reading } from './reading.ts';
import { saysNothing } from './says-nothing.ts';

/**
 * A plain decimal number, as written. `1,000` is a thousand here and one there, and `5 mg`, `120/80` and `one` are none: they are
 * left out, and stand in the text of the section.
 */
export const readNumber = (text: string): Reading<string> => {
  if (isNumber(text)) return read(text.trim());
  return saysNothing(text) ? leftOut() : leftOut('not_a_number');
};

export const isNumber = (text: string): boolean => /^\s*[-+]?(?:\d+(?:\.\d+)?|\.\d+)\s*$/.test(text);

/**
 * A value that may be words: all but a number in a form that one reader takes for another number than the next does, by its comma,
 * its blanks or its exponent.
 */
export const readNumberOrWords = (text: string): Reading<string> =>
  text.length <= longestNumber && groupedNumber.test(text) && !isNumberAfterSign(text)
    ? leftOut('not_a_number')
    : read(text);

/** Nothing longer is a number that somebody wrote; on megabytes the pattern would overflow. */
const longestNumber = 100;
const groupedNumber = /^\s*[<>=≤≥~]*\s*[-+]?\d+(?:[\s.',’]\d+)*(?:E[-+]?\d+)?\s*$/iu;

/** `<5`, `>= 90` are words about a number that is plain. */
const isNumberAfterSign = (text: string): boolean => isNumber(text.replace(/^\s*[<>=≤≥~]+/u, ''));
