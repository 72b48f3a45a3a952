import { leftOut, read, type Reading } from './reading.ts';
import { saysNothingOfCare } from './says-nothing.ts';

/** A whole number from zero on; Postgres prints the decimals of a numeric even where they are zero. */
export const readCount = (text: string): Reading<number> => {
  const [, digits] = /^(\d{1,9})(?:\.0*)?$/.exec(text.trim()) ?? [];
  if (digits !== undefined) return read(Number(digits));
  return saysNothingOfCare(text) ? leftOut() : leftOut('malformed');
};
