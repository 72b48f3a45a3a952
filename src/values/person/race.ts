import { read, type Reading } from '../reading.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/** OID of the CDC's Race and Ethnicity code set, for races and ethnic groups. */
export const cdcRaceAndEthnicity = '2.16.840.1.113883.6.238';

/**
 * Redox: Patient.Demographics.Race, the five races of the US Office of Management and Budget and `Other Race`. The
 * codes are those of HL7 v2 table 0005 and of the CDC (https://phinvads.cdc.gov, Race & Ethnicity - CDC), finer ones
 * rolled up as the CDC does. Letters are those that HL7 v2 interfaces use. Short words are Synthea's.
 */
const lookUp = lookup({
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

export type Race = NonNullable<ReturnType<typeof lookUp>>;

/** One race, or several as in `White; Asian`. What is not understood is reported, and the rest is sent. */
export const readRaces = (text: string): Reading<readonly [Race, ...Race[]]> => {
  const value = saysNothing(text) ? 'Unknown' : lookUp(text);
  if (value !== undefined) return read([value]);
  const parts = text.split(/[;|~,/+&^]|\band\b/i).filter((part) => !saysNothing(part));
  const [first, ...others] = new Set(parts.map(lookUp).filter(isNamed));
  if (first === undefined) return read(['Unknown'], 'unmapped');
  return parts.every((part) => lookUp(part) !== undefined)
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
