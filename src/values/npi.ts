import { leftOut, read, type Reading } from './reading.ts';
import { saysNothing } from './word.ts';

/**
 * National Provider Identifier: ten digits, the last a Luhn check digit over the number prefixed with 80840 (45 CFR
 * 162.406; CMS, "Requirements for National Provider Identifier").
 */
export const readNpi = (text: string): Reading<string> => {
  const npi = text.trim();
  if (saysNothing(npi)) return leftOut();
  return /^\d{10}$/.test(npi) && luhnHolds(`80840${npi}`) ? read(npi) : leftOut('malformed');
};

/** Counted from the right, every second digit is doubled and its digits added; the sum ends in zero. */
const luhnHolds = (digits: string): boolean => {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
};
