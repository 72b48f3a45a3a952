import { leftOut, read, type Reading } from '../reading.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: Address.ZIP of the US, `12345` or `12345-6789` (https://pe.usps.com/text/pub28/28c2_007.htm). Redox finds
 * patients by exact ZIP, so a lost leading zero is not guessed. The filler `00000` counts as missing.
 */
export const readZip = (text: string): Reading<string> => {
  const [, five, four = ''] = /^(\d{5})[-\s]?(\d{4})?$/.exec(text.trim()) ?? [];
  if (five === undefined) return saysNothing(text) ? leftOut() : leftOut('malformed');
  if (five === '00000') return leftOut();
  return read(four === '' || four === '0000' ? five : `${five}-${four}`);
};
