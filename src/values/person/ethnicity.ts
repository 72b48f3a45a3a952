import { read, type Reading } from '../reading.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: IsHispanic in PatientAdmin; Ethnicity and EthnicGroupCodes in Clinical Summary. Spellings: HL7 v2 table 0189
 * (H N U), the codes of the CDC with the finer ones rolled up (https://phinvads.cdc.gov, Race & Ethnicity - CDC),
 * Synthea.
 */
const lookUp = lookup({
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

export type Ethnicity = NonNullable<ReturnType<typeof lookUp>>;

export const readEthnicity = (text: string): Reading<Ethnicity> => {
  const value = saysNothing(text) ? 'Unknown' : lookUp(text);
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
