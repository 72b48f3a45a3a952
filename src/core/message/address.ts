import { leftOut, read } from '../reading.ts';
import type { RowReader } from '../row-reader.ts';
import type { AddressPart } from '../section/column.ts';
import { readCountry } from '../value-set/country.ts';
import { isDomestic, readState } from '../value-set/state.ts';
import { readZip } from '../value-set/zip.ts';
import type { Draft } from './present.ts';

/**
 * The address in `<prefix>street_address` and so on. States and ZIP codes are the US Postal Service's; abroad, a region
 * and a postcode stay as they are given.
 */
export const readAddress = <Prefix extends string>(
  row: RowReader<`${Prefix}${AddressPart | 'county'}`>,
  prefix: Prefix,
): Draft => {
  const countryText = row.text(`${prefix}country`);
  const country = countryText === undefined ? leftOut() : readCountry(countryText);
  const domestic = isDomestic(country);
  return {
    StreetAddress: row.text(`${prefix}street_address`),
    City: row.text(`${prefix}city`),
    State: row.read(`${prefix}state`, domestic ? readState : read),
    ZIP: row.read(`${prefix}zip`, domestic ? readZip : read),
    County: row.text(`${prefix}county`),
    Country: row.keep(`${prefix}country`, country),
  };
};
