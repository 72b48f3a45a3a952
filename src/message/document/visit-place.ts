import type { EncounterColumn } from '../../contract/contract.ts';
import type { RowReader } from '../../contract/row/cleaned-row.ts';
import { readPhone } from '../../values/contact/telecom.ts';
import { readNpi } from '../../values/identifier.ts';
import { readAddressWithoutCounty, codedValue, type Draft } from '../parts.ts';
import type { MessageContext } from '../context.ts';
import { idTypes } from '../code-system.ts';

/** Where a visit took place, as `Header.Document.Visit.Location` and as one of `Encounters[].Locations`. */
export interface VisitPlace {
  readonly name: string | undefined;
  readonly location: Draft;
  readonly entry: Draft;
}

export const readPlace = (row: RowReader<EncounterColumn>, { zipFormat }: MessageContext): VisitPlace => {
  const name = row.text('facility_name');
  const identifiers = identifiersOf(row);
  const phone = row.read('facility_phone', readPhone);
  return {
    name,
    location: {
      Type: row.text('facility_type_name'),
      Facility: name,
      FacilityIdentifiers: identifiers,
      Department: row.text('department'),
      Room: row.text('room'),
    },
    entry: {
      Name: name,
      Type: codedValue(row, 'facility_type_'),
      Address: readAddressWithoutCounty(row, 'facility_', zipFormat),
      Identifiers: identifiers,
      Telecom: phone === undefined ? [] : [{ System: 'phone', Use: 'WP', Value: phone }],
    },
  };
};

const identifiersOf = (row: RowReader<EncounterColumn>): Draft => {
  const [id, npi] = [row.id('facility_id'), row.read('facility_npi', readNpi)];
  return [
    ...(id === undefined ? [] : [{ ID: id, IDType: idTypes.facility }]),
    ...(npi === undefined ? [] : [{ ID: npi, IDType: idTypes.npi }]),
  ];
};
