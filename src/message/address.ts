import { leftOut, read } from '../values/reading.ts';
import type { RowReader } from '../contract/row/row-reader.ts';
import type { AddressPart } from '../contract/section/column.ts';
import { readCountry } from '../values/contact/country.ts';
import { isDomestic, readState } from '../values/contact/state.ts';
import { readZip } from '../values/contact/zip.ts';
import type { Draft } from './present.ts';

/**
 * Reads the address in `<prefix>street_address` and so on. US states and ZIP codes follow the US Postal Service; a
 * foreign region and postcode are sent as written.
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
