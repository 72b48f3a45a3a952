import { leftOut, read, type Reading } from '../reading.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Checks plausibility only: one @, a domain with a dot, no blanks or brackets, and the lengths of RFC 5321 (64 before
 * the @, 254 in all).
 */
const plausible = /^[^\s@<>()[\],;:"\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u;

export const readEmail = (text: string): Reading<string> => {
  const address = text.trim();
  if (saysNothing(address)) return leftOut();
  return address.length <= 254 && plausible.test(address) ? read(address) : leftOut('malformed');
};
