import { leftOut, read, type Reading } from '../reading.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: Address.State. Two letters of the US Postal Service: states, the District of Columbia, territories, the freely
 * associated states and the armed forces (https://pe.usps.com/text/pub28/28apb.htm), with the usual short forms.
 */
const lookUp = lookup({
  AL: 'Alabama | Ala',
  AK: 'Alaska',
  AZ: 'Arizona | Ariz',
  AR: 'Arkansas | Ark',
  CA: 'California | Calif | Cal',
  CO: 'Colorado | Colo',
  CT: 'Connecticut | Conn',
  DE: 'Delaware | Del',
  DC: 'District of Columbia | Washington DC | Washington D.C.',
  FL: 'Florida | Fla',
  GA: 'Georgia',
  HI: "Hawaii | Hawai'i",
  ID: 'Idaho',
  IL: 'Illinois | Ill',
  IN: 'Indiana | Ind',
  IA: 'Iowa',
  KS: 'Kansas | Kans',
  KY: 'Kentucky',
  LA: 'Louisiana',
  ME: 'Maine',
  MD: 'Maryland',
  MA: 'Massachusetts | Mass',
  MI: 'Michigan | Mich',
  MN: 'Minnesota | Minn',
  MS: 'Mississippi | Miss',
  MO: 'Missouri',
  MT: 'Montana | Mont',
  NE: 'Nebraska | Nebr',
  NV: 'Nevada | Nev',
  NH: 'New Hampshire',
  NJ: 'New Jersey',
  NM: 'New Mexico | N Mex',
  NY: 'New York',
  NC: 'North Carolina | N Carolina',
  ND: 'North Dakota | N Dakota | N Dak',
  OH: 'Ohio',
  OK: 'Oklahoma | Okla',
  OR: 'Oregon | Ore',
  PA: 'Pennsylvania | Penn | Penna',
  RI: 'Rhode Island',
  SC: 'South Carolina | S Carolina',
  SD: 'South Dakota | S Dakota | S Dak',
  TN: 'Tennessee | Tenn',
  TX: 'Texas | Tex',
  UT: 'Utah',
  VT: 'Vermont',
  VA: 'Virginia',
  WA: 'Washington | Wash | Washington State',
  WV: 'West Virginia | W Virginia | W Va',
  WI: 'Wisconsin | Wis | Wisc',
  WY: 'Wyoming | Wyo',
  AS: 'American Samoa',
  GU: 'Guam',
  MP: 'Northern Mariana Islands | CNMI',
  PR: 'Puerto Rico',
  VI: 'Virgin Islands | US Virgin Islands | USVI',
  UM: 'US Minor Outlying Islands',
  FM: 'Federated States of Micronesia | Micronesia',
  MH: 'Marshall Islands',
  PW: 'Palau',
  AA: 'Armed Forces Americas',
  AE: 'Armed Forces Europe',
  AP: 'Armed Forces Pacific',
});

export const readState = (text: string): Reading<string> => {
  if (saysNothing(text)) return leftOut();
  const value = lookUp(text);
  return value === undefined ? leftOut('unmapped') : read(value);
};

/** The countries in which the US Postal Service delivers, by these states and ZIP codes. */
const uspsCountries = new Set(['US', 'AS', 'GU', 'MP', 'PR', 'VI', 'UM', 'FM', 'MH', 'PW']);

/** Does the US Postal Service deliver to this country? An address without a country counts as domestic. */
export const isDomestic = (country: Reading<string>): boolean =>
  country.value === undefined ? country.problems.length === 0 : uspsCountries.has(country.value);
