import { leftOut, read, type Reading } from '../reading.ts';
import { saysNothing } from '../word.ts';

/**
 * Redox: PhoneNumber, in E.164 (`+16085551234`). A number needs a plus unless it is a US number. E.164 lacks
 * extensions, so they are dropped; the number still rings.
 */
export const readPhone = (text: string): Reading<string> => {
  if (saysNothing(text)) return leftOut();
  const number = withoutDecoration(text);
  const value = /^\+|^011\d/.test(number) ? international(number.replace(/^\+|^011/, '')) : northAmerican(number);
  return value === undefined ? leftOut('malformed') : read(value);
};

const extension = /[\s,;]*(?:x|xt|ext|extn|extension|;ext=|#)[\s.:]*\d{1,7}\s*$/i;
/** Blanks of any width, hyphens and dashes, dots, slashes, brackets, and invisible marks left by copying (\p{Cf}). */
const separators = /[\s\p{Pd}\p{Cf}./()[\]]/gu;

/** `+44 (0)20 …`: the zero is dialled only within the country. */
const withoutDecoration = (text: string): string =>
  text
    .trim()
    .replace(/^tel:/i, '')
    .replace(extension, '')
    .replace(/^(\+\d{1,3})\s*\(0\)/, '$1')
    .replace(separators, '');

/** E.164: at most fifteen digits, the first not zero; numbers have at least seven digits in every country. */
const international = (digits: string): string | undefined => {
  if (digits.startsWith('1')) return northAmerican(digits);
  return /^[2-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined;
};

/**
 * North American Numbering Plan, NPA-NXX-XXXX: area and exchange start with 2 to 9; N11 are service codes, and N9X is
 * never an area code (https://www.nanpa.com/numbering/area-codes). This also rejects the fillers 000-000-0000 and
 * 999-999-9999.
 */
const northAmerican = (digits: string): string | undefined => {
  const [, area = '', exchange = '', line = ''] = /^1?([2-9]\d{2})([2-9]\d{2})(\d{4})$/.exec(digits) ?? [];
  const impossible = area === '' || area[1] === '9' || area.endsWith('11') || exchange.endsWith('11');
  return impossible ? undefined : `+1${area}${exchange}${line}`;
};

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
