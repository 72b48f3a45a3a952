import { leftOut, read, type Reading } from '../reading.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: Address.ZIP of the US, `12345` or `12345-6789` (https://pe.usps.com/text/pub28/28c2_007.htm). Redox finds
 * patients by exact ZIP, so a ZIP that lost its leading zero is not guessed at, and `00000`, which stands for none,
 * is none.
 */
export const readZip = (text: string): Reading<string> => {
  const [, five, four = ''] = /^(\d{5})[-\s]?(\d{4})?$/.exec(text.trim()) ?? [];
  if (five === undefined) return saysNothing(text) ? leftOut() : leftOut('malformed');
  if (five === '00000') return leftOut();
  return read(four === '' || four === '0000' ? five : `${five}-${four}`);
};
