import { leftOut, read, type Reading } from './reading.ts';
import { lookup } from './lookup.ts';
import { saysNothingOfWhen } from './says-nothing.ts';

/** Postgres prints `t` and `f`; the others are its accepted spellings, and those of CSV extracts. */
const lookUp = lookup({ true: 't | yes | y | on | 1', false: 'f | no | n | off | 0' });

export const readBoolean = (text: string): Reading<boolean> => {
  const value = lookUp(text);
  if (value !== undefined) return read(value === 'true');
  return saysNothingOfWhen(text) ? leftOut() : leftOut('malformed');
};
