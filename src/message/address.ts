import { leftOut } from '../values/reading.ts';
import type { RowReader } from '../contract/row/cleaned-row.ts';
import type { AddressPart } from '../contract/section/column.ts';
import {
  readAddressLine,
  isDomestic,
  readState,
  readZip,
  type ZipFormat,
  readCountry,
} from '../values/contact/address.ts';
import type { Draft } from './present.ts';

/**
 * Reads the address in `<prefix>street_address` and so on. US states and ZIP codes follow the US Postal Service; a
 * foreign region and postcode are sent as written, with plain blanks.
 */
export const readAddress = <Prefix extends string>(
  row: RowReader<`${Prefix}${AddressPart | 'county'}`>,
  prefix: Prefix,
  zipFormat: ZipFormat,
): Draft => {
  const { Country, ...address } = readAddressWithoutCounty(row, prefix, zipFormat);
  return { ...address, County: row.read(`${prefix}county`, readAddressLine), Country };
};

/** A few places of Redox's model have no county. */
export const readAddressWithoutCounty = <Prefix extends string>(
  row: RowReader<`${Prefix}${AddressPart}`>,
  prefix: Prefix,
  zipFormat: ZipFormat,
): Readonly<Record<'StreetAddress' | 'City' | 'State' | 'ZIP' | 'Country', string | undefined>> => {
  const countryText = row.text(`${prefix}country`);
  const country = countryText === undefined ? leftOut() : readCountry(countryText);
  const domestic = isDomestic(country);
  return {
    StreetAddress: row.read(`${prefix}street_address`, readAddressLine),
    City: row.read(`${prefix}city`, readAddressLine),
    State: row.read(`${prefix}state`, domestic ? readState : readAddressLine),
    ZIP: row.read(`${prefix}zip`, domestic ? (text) => readZip(text, zipFormat) : readAddressLine),
    Country: row.keep(`${prefix}country`, country),
  };
};
