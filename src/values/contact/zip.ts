import { leftOut, read, type Reading } from '../reading.ts';
import { plainLine } from '../markup/plain-line.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: Address.ZIP of the US, `12345` or `12345-6789` (https://pe.usps.com/text/pub28/28c2_007.htm). Redox finds
 * patients by exact ZIP, so a lost leading zero is not guessed. The filler `00000` counts as missing.
 *
 * `five` leaves out the four digits behind the hyphen, because others search by five (`ZIP_FORMAT`).
 */
export const readZip = (text: string, format: ZipFormat = 'as-given'): Reading<string> => {
  const [, five, four = ''] = /^(\d{5})[-\s]?(\d{4})?$/.exec(plainLine(text)) ?? [];
  if (five === undefined) return saysNothing(text) ? leftOut() : leftOut('malformed');
  if (five === '00000') return leftOut();
  return read(format === 'five' || four === '' || four === '0000' ? five : `${five}-${four}`);
};

export const zipFormats = ['five', 'as-given'] as const;
export type ZipFormat = (typeof zipFormats)[number];

/** No place has these ZIP codes; registration desks write them for unknown ones. */
export const isFillerZip = (text: string): boolean => /^(?:0{5}|9{5})(?!\d)/.test(plainLine(text));
