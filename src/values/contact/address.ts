import { plainLine, withoutTrailingPunctuation } from '../markup/plain-line.ts';
import { leftOut, read, type Reading } from '../reading.ts';
import { saysNothing, codeTable, lookup } from '../word.ts';

/** A street, a city, a county or a region abroad: plain blanks, no punctuation at the end. */
export const readAddressLine = (text: string): Reading<string> => read(withoutTrailingPunctuation(plainLine(text)));

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

/**
 * Redox: Address.State. Two letters of the US Postal Service: states, the District of Columbia, territories, the freely
 * associated states and the armed forces (https://pe.usps.com/text/pub28/28apb.htm), with the usual short forms.
 */
const stateOf = lookup({
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
  const value = stateOf(text);
  return value === undefined ? leftOut('unmapped') : read(value);
};

/** The countries in which the US Postal Service delivers, by these states and ZIP codes. */
const uspsCountries = new Set(['US', 'AS', 'GU', 'MP', 'PR', 'VI', 'UM', 'FM', 'MH', 'PW']);

/** Does the US Postal Service deliver to this country? An address without a country counts as domestic. */
export const isDomestic = (country: Reading<string>): boolean =>
  country.value === undefined ? country.problems.length === 0 : uspsCountries.has(country.value);

/**
 * ISO 3166-1 (https://www.iso.org/iso-3166-country-codes.html): alpha-2, alpha-3, English names separated by `|`. The
 * table is fixed, because Intl's names change with the version of Node ("Turkey" became "Türkiye") and the same row
 * must build the same message everywhere. Names that two countries share (Congo, Korea, Virgin Islands) are omitted.
 */
export const countryTable = `
  AD AND Andorra; AE ARE United Arab Emirates; AF AFG Afghanistan; AG ATG Antigua and Barbuda; AI AIA Anguilla;
  AL ALB Albania; AM ARM Armenia; AO AGO Angola; AQ ATA Antarctica; AR ARG Argentina; AS ASM American Samoa;
  AT AUT Austria; AU AUS Australia; AW ABW Aruba; AX ALA Åland Islands; AZ AZE Azerbaijan;
  BA BIH Bosnia and Herzegovina; BB BRB Barbados; BD BGD Bangladesh; BE BEL Belgium; BF BFA Burkina Faso;
  BG BGR Bulgaria; BH BHR Bahrain; BI BDI Burundi; BJ BEN Benin; BL BLM Saint Barthélemy; BM BMU Bermuda;
  BN BRN Brunei|Brunei Darussalam; BO BOL Bolivia; BQ BES Caribbean Netherlands|Bonaire; BR BRA Brazil;
  BS BHS Bahamas; BT BTN Bhutan; BV BVT Bouvet Island; BW BWA Botswana; BY BLR Belarus; BZ BLZ Belize; CA CAN Canada;
  CC CCK Cocos Islands; CD COD Congo - Kinshasa; CF CAF Central African Republic;
  CG COG Congo - Brazzaville; CH CHE Switzerland; CI CIV Côte d'Ivoire; CK COK Cook Islands; CL CHL Chile;
  CM CMR Cameroon; CN CHN China; CO COL Colombia; CR CRI Costa Rica; CU CUB Cuba; CV CPV Cape Verde|Cabo Verde;
  CW CUW Curaçao; CX CXR Christmas Island; CY CYP Cyprus; CZ CZE Czechia; DE DEU Germany; DJ DJI Djibouti;
  DK DNK Denmark; DM DMA Dominica; DO DOM Dominican Republic; DZ DZA Algeria; EC ECU Ecuador; EE EST Estonia;
  EG EGY Egypt; EH ESH Western Sahara; ER ERI Eritrea; ES ESP Spain; ET ETH Ethiopia; FI FIN Finland; FJ FJI Fiji;
  FK FLK Falkland Islands; FM FSM Micronesia; FO FRO Faroe Islands; FR FRA France; GA GAB Gabon;
  GB GBR United Kingdom; GD GRD Grenada; GE GEO Georgia; GF GUF French Guiana; GG GGY Guernsey; GH GHA Ghana;
  GI GIB Gibraltar; GL GRL Greenland; GM GMB Gambia; GN GIN Guinea; GP GLP Guadeloupe; GQ GNQ Equatorial Guinea;
  GR GRC Greece; GS SGS South Georgia and South Sandwich Islands|South Georgia and the South Sandwich Islands;
  GT GTM Guatemala; GU GUM Guam; GW GNB Guinea-Bissau; GY GUY Guyana; HK HKG Hong Kong;
  HM HMD Heard and McDonald Islands|Heard Island and McDonald Islands; HN HND Honduras; HR HRV Croatia; HT HTI Haiti;
  HU HUN Hungary; ID IDN Indonesia; IE IRL Ireland; IL ISR Israel; IM IMN Isle of Man; IN IND India;
  IO IOT British Indian Ocean Territory; IQ IRQ Iraq; IR IRN Iran; IS ISL Iceland; IT ITA Italy; JE JEY Jersey;
  JM JAM Jamaica; JO JOR Jordan; JP JPN Japan; KE KEN Kenya; KG KGZ Kyrgyzstan; KH KHM Cambodia; KI KIR Kiribati;
  KM COM Comoros; KN KNA Saint Kitts and Nevis; KP PRK North Korea; KR KOR South Korea; KW KWT Kuwait;
  KY CYM Cayman Islands; KZ KAZ Kazakhstan; LA LAO Laos|Lao People's Democratic Republic; LB LBN Lebanon;
  LC LCA Saint Lucia; LI LIE Liechtenstein; LK LKA Sri Lanka; LR LBR Liberia; LS LSO Lesotho; LT LTU Lithuania;
  LU LUX Luxembourg; LV LVA Latvia; LY LBY Libya; MA MAR Morocco; MC MCO Monaco; MD MDA Moldova; ME MNE Montenegro;
  MF MAF Saint Martin; MG MDG Madagascar; MH MHL Marshall Islands; MK MKD North Macedonia; ML MLI Mali;
  MM MMR Myanmar; MN MNG Mongolia; MO MAC Macao; MP MNP Northern Mariana Islands; MQ MTQ Martinique;
  MR MRT Mauritania; MS MSR Montserrat; MT MLT Malta; MU MUS Mauritius; MV MDV Maldives; MW MWI Malawi; MX MEX Mexico;
  MY MYS Malaysia; MZ MOZ Mozambique; NA NAM Namibia; NC NCL New Caledonia; NE NER Niger; NF NFK Norfolk Island;
  NG NGA Nigeria; NI NIC Nicaragua; NL NLD Netherlands; NO NOR Norway; NP NPL Nepal; NR NRU Nauru; NU NIU Niue;
  NZ NZL New Zealand; OM OMN Oman; PA PAN Panama; PE PER Peru; PF PYF French Polynesia; PG PNG Papua New Guinea;
  PH PHL Philippines; PK PAK Pakistan; PL POL Poland; PM SPM Saint Pierre and Miquelon;
  PN PCN Pitcairn Islands|Pitcairn; PR PRI Puerto Rico; PS PSE Palestinian Territories|Palestine; PT PRT Portugal;
  PW PLW Palau; PY PRY Paraguay; QA QAT Qatar; RE REU Réunion; RO ROU Romania; RS SRB Serbia;
  RU RUS Russia|Russian Federation; RW RWA Rwanda; SA SAU Saudi Arabia; SB SLB Solomon Islands; SC SYC Seychelles;
  SD SDN Sudan; SE SWE Sweden; SG SGP Singapore; SH SHN Saint Helena; SI SVN Slovenia; SJ SJM Svalbard and Jan Mayen;
  SK SVK Slovakia; SL SLE Sierra Leone; SM SMR San Marino; SN SEN Senegal; SO SOM Somalia; SR SUR Suriname;
  SS SSD South Sudan; ST STP São Tomé and Príncipe; SV SLV El Salvador; SX SXM Sint Maarten;
  SY SYR Syria|Syrian Arab Republic; SZ SWZ Eswatini; TC TCA Turks and Caicos Islands; TD TCD Chad;
  TF ATF French Southern Territories; TG TGO Togo; TH THA Thailand; TJ TJK Tajikistan; TK TKL Tokelau;
  TL TLS Timor-Leste; TM TKM Turkmenistan; TN TUN Tunisia; TO TON Tonga; TR TUR Türkiye; TT TTO Trinidad and Tobago;
  TV TUV Tuvalu; TW TWN Taiwan; TZ TZA Tanzania; UA UKR Ukraine; UG UGA Uganda;
  UM UMI U.S. Outlying Islands|United States Minor Outlying Islands; US USA United States; UY URY Uruguay;
  UZ UZB Uzbekistan; VA VAT Vatican City|Holy See;
  VC VCT Saint Vincent and Grenadines|Saint Vincent and the Grenadines; VE VEN Venezuela;
  VG VGB British Virgin Islands; VI VIR U.S. Virgin Islands; VN VNM Vietnam;
  VU VUT Vanuatu; WF WLF Wallis and Futuna; WS WSM Samoa; YE YEM Yemen; YT MYT Mayotte; ZA ZAF South Africa;
  ZM ZMB Zambia; ZW ZWE Zimbabwe;
`;

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
const countryOf = lookup(codeTable(countryTable, alsoSpelled));

export const readCountry = (text: string): Reading<string> => {
  if (saysNothing(text)) return leftOut();
  const value = countryOf(text) ?? countryOf(text.replace(/^\s*the\s+/i, ''));
  return value === undefined ? leftOut('unmapped') : read(value);
};
