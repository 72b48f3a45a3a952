import { leftOut, read, type Reading } from '../reading.ts';
import { codeTable } from '../code-table.ts';
import { countryTable } from './country-table.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/** Spellings beyond ISO's list: former names, common ones, and the countries of the United Kingdom. */
const alsoSpelled = {
  CD: 'DRC | Democratic Republic of the Congo | Zaire',
  CG: 'Republic of the Congo',
  CI: 'Ivory Coast',
  CZ: 'Czech Republic',
  FM: 'Federated States of Micronesia',
  GB: 'UK | Great Britain | England | Scotland | Wales | Northern Ireland',
  KP: 'DPRK',
  KR: 'Republic of Korea',
  MK: 'Macedonia',
  MM: 'Burma',
  MO: 'Macau',
  NL: 'Holland',
  SZ: 'Swaziland',
  TL: 'East Timor',
  TR: 'Turkey',
  US: 'United States of America | US of A | America',
  VI: 'Virgin Islands, US',
};

/** For Redox's Address.Country. Redox's samples have both `US` and `USA`; its field list asks for ISO 3166-1 alpha-2. */
const lookUp = lookup(codeTable(countryTable, alsoSpelled));

export const readCountry = (text: string): Reading<string> => {
  if (saysNothing(text)) return leftOut();
  const value = lookUp(text) ?? lookUp(text.replace(/^\s*the\s+/i, ''));
  return value === undefined ? leftOut('unmapped') : read(value);
};
