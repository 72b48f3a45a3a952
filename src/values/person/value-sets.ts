/** The value sets of a person: the usual codes and spellings in, Redox's values out. */
import { leftOut, read, type Reading } from '../reading.ts';
import { codeTable, lookup, saysNothing } from '../word.ts';

/**
 * Redox: Patient.Demographics.Sex. Spellings: HL7 v2 table 0001 (F M O U A N C), HL7 v3 AdministrativeGender (F M UN),
 * FHIR administrative-gender, SNOMED CT 248152002 and 248153007, `X` as on driving licences.
 */
const sexOf = lookup({
  Female: 'F | fem | woman | girl | 248152002',
  Male: 'M | man | boy | 248153007',
  Nonbinary: 'X | NB',
  Other: 'O | OTH | A | ambiguous | C | complex | UN | undifferentiated | intersex',
  Unknown: 'U | N',
});

export const readSex = (text: string): Reading<string> => {
  const value = saysNothing(text) ? 'Unknown' : sexOf(text);
  return value === undefined ? read('Unknown', 'unmapped') : read(value);
};

/**
 * Redox: Patient.Demographics.MaritalStatus, which has the names of HL7 v2 table 0002. Letters follow that table where
 * HL7 v3 MaritalStatus differs: A is Separated (v3: Annulled), P Domestic partner (v3: Polygamous), T Unreported (v3:
 * Domestic partner), U Unknown (v3: unmarried). L exists only in v3.
 */
const maritalStatusOf = lookup({
  Annulled: 'N',
  'Common law': 'C',
  Divorced: 'D',
  'Domestic partner': 'P | domestic partnership | partner | partnered',
  Interlocutory: 'I | interlocutory decree',
  'Legally Separated': 'E | L',
  'Living together': 'G | cohabiting | cohabitating',
  Married: 'M',
  Other: 'O | OTH | polygamous',
  'Registered domestic partner': 'R | registered domestic partnership | civil union | civil partnership',
  Separated: 'A',
  Single: 'S | never married',
  Unknown: 'U',
  Unmarried: 'B | not married',
  Unreported: 'T | not reported',
  Widowed: 'W | widow | widower',
});

export const readMaritalStatus = (text: string): Reading<string> => {
  const value = maritalStatusOf(text) ?? (saysNothing(text) ? 'Unknown' : undefined);
  return value === undefined ? read('Unknown', 'unmapped') : read(value);
};

/** OID of the CDC's Race and Ethnicity code set, for races and ethnic groups. */
export const cdcRaceAndEthnicity = '2.16.840.1.113883.6.238';

/**
 * Redox: Patient.Demographics.Race, the five races of the US Office of Management and Budget and `Other Race`. The
 * codes are those of HL7 v2 table 0005 and of the CDC (https://phinvads.cdc.gov, Race & Ethnicity - CDC), finer ones
 * rolled up as the CDC does. Letters are those that HL7 v2 interfaces use. Short words are Synthea's.
 */
const raceOf = lookup({
  'American Indian or Alaska Native': `
    1002-5 | I | native | native american | american indian | american indian/alaska native | AI/AN | indigenous |
    american indian or alaskan native | 1004-1 | alaska native | alaskan native | 1735-0`,
  Asian: `
    2028-9 | A | asian american | asian indian | 2029-7 | chinese | 2034-7 | filipino | 2036-2 | japanese | 2039-6 |
    korean | 2040-4 | vietnamese | 2047-9 | other asian`,
  'Black or African American': `
    2054-5 | B | black | african american | 2058-6 | black/african american | african | 2060-2`,
  'Native Hawaiian or Other Pacific Islander': `
    2076-8 | P | hawaiian | native hawaiian | 2079-2 | pacific islander | other pacific islander | 2500-7 | NHPI | NH/OPI |
    native hawaiian/other pacific islander | native hawaiian or pacific islander | samoan | 2080-0 |
    guamanian or chamorro | 2086-7 | guamanian | chamorro`,
  'Other Race': `
    2131-1 | O | other | OTH | some other race | two or more races | more than one race | multiple races | multiracial |
    biracial | mixed`,
  Unknown: 'U',
  White: `
    2106-3 | W | C | caucasian | white or caucasian | european | 2108-9 | middle eastern or north african | 2118-8`,
});

export type Race = NonNullable<ReturnType<typeof raceOf>>;

/** One race, or several as in `White; Asian`. What is not understood is reported, and the rest is sent. */
export const readRaces = (text: string): Reading<readonly [Race, ...Race[]]> => {
  const value = saysNothing(text) ? 'Unknown' : raceOf(text);
  if (value !== undefined) return read([value]);
  const parts = text.split(/[;|~,/+&^]|\band\b/i).filter((part) => !saysNothing(part));
  const [first, ...others] = new Set(parts.map(raceOf).filter(isNamed));
  if (first === undefined) return read(['Unknown'], 'unmapped');
  return parts.every((part) => raceOf(part) !== undefined)
    ? read([first, ...others])
    : read([first, ...others], 'unmapped');
};

const isNamed = (race: Race | undefined): race is Race => race !== undefined && race !== 'Unknown';

/** Redox's field holds one race; a person of several is `Other Race` in it. */
export const soleRace = ([first, ...others]: readonly [Race, ...Race[]]): Race =>
  others.length === 0 ? first : 'Other Race';

/** The CDC's code of a race; `Unknown` has none. */
export const raceCode: Readonly<Record<Race, string | undefined>> = {
  'American Indian or Alaska Native': '1002-5',
  Asian: '2028-9',
  'Black or African American': '2054-5',
  'Native Hawaiian or Other Pacific Islander': '2076-8',
  'Other Race': '2131-1',
  Unknown: undefined,
  White: '2106-3',
};

/**
 * Redox: IsHispanic in PatientAdmin; Ethnicity and EthnicGroupCodes in Clinical Summary. Spellings: HL7 v2 table 0189
 * (H N U), the codes of the CDC with the finer ones rolled up (https://phinvads.cdc.gov, Race & Ethnicity - CDC),
 * Synthea.
 */
const ethnicityOf = lookup({
  'Hispanic or Latino': `
    2135-2 | H | Y | yes | true | t | 1 | hispanic | latino | latina | latinx | latine | hispanic/latino |
    hispanic or latina | hispanic or latino/a | hispanic or latino or spanish origin | spanish/hispanic/latino |
    hispanic, latino/a, or spanish origin | spaniard | 2137-8 | mexican | 2148-5 | mexican american | 2149-3 |
    central american | 2155-0 | south american | 2165-9 | latin american | 2178-2 | puerto rican | 2180-8 |
    cuban | 2182-4 | dominican | 2184-0`,
  'Not Hispanic or Latino': `
    2186-5 | N | NH | no | false | f | 0 | not hispanic | non-hispanic | non-hispanic or latino | non-hispanic/latino |
    non-hispanic or non-latino | not hispanic/latino | not hispanic or latina | not hispanic or latino/a |
    not hispanic, latino/a, or spanish origin | not of hispanic origin`,
  Unknown: 'U',
});

export type Ethnicity = NonNullable<ReturnType<typeof ethnicityOf>>;

export const readEthnicity = (text: string): Reading<Ethnicity> => {
  const value = saysNothing(text) ? 'Unknown' : ethnicityOf(text);
  return value === undefined ? read('Unknown', 'unmapped') : read(value);
};

/** PatientAdmin's yes or no; undefined is left out. */
export const isHispanic: Readonly<Record<Ethnicity, boolean | undefined>> = {
  'Hispanic or Latino': true,
  'Not Hispanic or Latino': false,
  Unknown: undefined,
};

/** The CDC's code of an ethnic group; `Unknown` has none. */
export const ethnicGroupCode: Readonly<Record<Ethnicity, string | undefined>> = {
  'Hispanic or Latino': '2135-2',
  'Not Hispanic or Latino': '2186-5',
  Unknown: undefined,
};

/**
 * ISO 639-1 with the three-letter codes of ISO 639-2, terminological and bibliographic, and English names, alternatives
 * separated by `|` (https://www.loc.gov/standards/iso639-2/php/code_list.php). The table is fixed, because Intl's names
 * change with the version of Node and the same row must build the same message everywhere.
 */
export const languageTable = `
  aa aar Afar; ab abk Abkhazian; ae ave Avestan; af afr Afrikaans; ak aka Akan; am amh Amharic; an arg Aragonese;
  ar ara Arabic; as asm Assamese; av ava Avaric; ay aym Aymara; az aze Azerbaijani; ba bak Bashkir; be bel Belarusian;
  bg bul Bulgarian; bi bis Bislama; bm bam Bambara; bn ben Bengali|Bangla;
  bo bod|tib Tibetan; br bre Breton; bs bos Bosnian; ca cat Catalan|Valencian; ce che Chechen; ch cha Chamorro;
  co cos Corsican; cr cre Cree; cs ces|cze Czech;
  cu chu Church Slavic|Old Slavonic|Church Slavonic|Old Bulgarian|Old Church Slavonic; cv chv Chuvash;
  cy cym|wel Welsh; da dan Danish; de deu|ger German; dv div Divehi|Dhivehi|Maldivian; dz dzo Dzongkha; ee ewe Ewe;
  el ell|gre Greek|Modern Greek; en eng English; eo epo Esperanto; es spa Spanish|Castilian; et est Estonian;
  eu eus|baq Basque; fa fas|per Persian; ff ful Fulah|Fula; fi fin Finnish; fj fij Fijian; fo fao Faroese;
  fr fra|fre French; fy fry Western Frisian; ga gle Irish; gd gla Gaelic|Scottish Gaelic; gl glg Galician;
  gn grn Guarani; gu guj Gujarati; gv glv Manx; ha hau Hausa; he heb Hebrew; hi hin Hindi; ho hmo Hiri Motu;
  hr hrv Croatian; ht hat Haitian|Haitian Creole; hu hun Hungarian; hy hye|arm Armenian; hz her Herero;
  ia ina Interlingua; id ind Indonesian; ie ile Interlingue|Occidental; ig ibo Igbo; ii iii Sichuan Yi|Nuosu;
  ik ipk Inupiaq; io ido Ido; is isl|ice Icelandic; it ita Italian; iu iku Inuktitut; ja jpn Japanese;
  jv jav Javanese; ka kat|geo Georgian; kg kon Kongo; ki kik Kikuyu|Gikuyu; kj kua Kuanyama|Kwanyama; kk kaz Kazakh;
  kl kal Kalaallisut|Greenlandic; km khm Central Khmer|Khmer; kn kan Kannada; ko kor Korean; kr kau Kanuri;
  ks kas Kashmiri; ku kur Kurdish; kv kom Komi; kw cor Cornish; ky kir Kirghiz|Kyrgyz; la lat Latin;
  lb ltz Luxembourgish|Letzeburgesch; lg lug Ganda; li lim Limburgan|Limburger|Limburgish; ln lin Lingala; lo lao Lao;
  lt lit Lithuanian; lu lub Luba-Katanga; lv lav Latvian; mg mlg Malagasy; mh mah Marshallese; mi mri|mao Maori;
  mk mkd|mac Macedonian; ml mal Malayalam; mn mon Mongolian; mr mar Marathi; ms msa|may Malay; mt mlt Maltese;
  my mya|bur Burmese; na nau Nauru; nb nob Norwegian Bokmål; nd nde North Ndebele; ne nep Nepali; ng ndo Ndonga;
  nl nld|dut Dutch|Flemish; nn nno Norwegian Nynorsk; no nor Norwegian; nr nbl South Ndebele; nv nav Navajo|Navaho;
  ny nya Chichewa|Chewa|Nyanja; oc oci Occitan|Provençal; oj oji Ojibwa; om orm Oromo; or ori Oriya|Odia;
  os oss Ossetian|Ossetic; pa pan Panjabi|Punjabi; pi pli Pali; pl pol Polish; ps pus Pushto|Pashto;
  pt por Portuguese; qu que Quechua; rm roh Romansh; rn run Rundi; ro ron|rum Romanian|Moldavian|Moldovan;
  ru rus Russian; rw kin Kinyarwanda; sa san Sanskrit; sc srd Sardinian; sd snd Sindhi; se sme Northern Sami;
  sg sag Sango; si sin Sinhala|Sinhalese; sk slk|slo Slovak; sl slv Slovenian; sm smo Samoan; sn sna Shona;
  so som Somali; sq sqi|alb Albanian; sr srp Serbian; ss ssw Swati; st sot Southern Sotho; su sun Sundanese;
  sv swe Swedish; sw swa Swahili; ta tam Tamil; te tel Telugu; tg tgk Tajik; th tha Thai; ti tir Tigrinya;
  tk tuk Turkmen; tl tgl Tagalog|Filipino; tn tsn Tswana; to ton Tonga|Tongan; tr tur Turkish; ts tso Tsonga;
  tt tat Tatar; tw twi Twi; ty tah Tahitian; ug uig Uighur|Uyghur; uk ukr Ukrainian; ur urd Urdu; uz uzb Uzbek;
  ve ven Venda; vi vie Vietnamese; vo vol Volapük; wa wln Walloon; wo wol Wolof; xh xho Xhosa; yi yid Yiddish;
  yo yor Yoruba; za zha Zhuang|Chuang; zh zho|chi Chinese; zu zul Zulu;
`;

/**
 * Spellings beyond ISO's names, as US registration desks write them. ISO 639-1 has one code for all Chinese languages,
 * and none for Hmong or the sign languages, so these stay unmapped.
 */
const alsoSpelled = {
  en: 'american english',
  es: 'español',
  fa: 'farsi | dari',
  fr: 'français',
  ht: 'creole | creole haitian | kreyol',
  km: 'cambodian',
  pt: 'brazilian portuguese | portuguese brazilian | português',
  tl: 'fil | pilipino',
  zh: 'mandarin | mandarin chinese | chinese mandarin | cmn | cantonese | chinese cantonese | yue',
};

/** Redox: Patient.Demographics.Language, one code of ISO 639-1. */
const languageOf = lookup(codeTable(languageTable, alsoSpelled));

/** `en-US`, `zh_Hans_CN`, `es-419`: language, script, region (BCP 47). */
const languageTag = /^\s*([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?\s*$/i;

export const readLanguage = (text: string): Reading<string> => {
  if (saysNothing(text)) return leftOut();
  const withoutRemark = text.replace(/\(.*\)/, '');
  const value = languageOf(text) ?? languageOf(withoutRemark) ?? languageOf(languageTag.exec(text)?.[1] ?? '');
  return value === undefined ? leftOut('unmapped') : read(value);
};
