import type { EncounterColumn } from '../../contract/contract.ts';
import type { RowReader } from '../../contract/row/cleaned-row.ts';
import { readEmail, readPhone } from '../../values/contact/telecom.ts';
import { readNpi } from '../../values/identifier.ts';
import { readAddress, codedValue, type Draft } from '../parts.ts';
import type { MessageContext } from '../context.ts';
import { idTypes } from '../code-system.ts';

/** The clinician of a visit, as the document's author and as one of `Encounters[].Providers`. */
export interface Clinician {
  readonly author: Draft;
  readonly entry: Draft;
  /** Every id of the clinician. */
  readonly ids: readonly string[];
}

/** Identified by a valid NPI, else by the EHR's own id. */
export const readClinician = (row: RowReader<EncounterColumn>, { zipFormat }: MessageContext): Clinician => {
  const npi = row.read('provider_npi', readNpi);
  const id = npi ?? row.id('provider_id');
  const idType = npi === undefined ? idTypes.provider : idTypes.npi;
  const author = {
    ID: id,
    IDType: id === undefined ? undefined : idType,
    FirstName: row.text('provider_first_name'),
    LastName: row.text('provider_last_name'),
    Credentials: listOf(row.text('provider_credentials')),
    Address: readAddress(row, 'provider_', zipFormat),
    EmailAddresses: [row.read('provider_email', readEmail)],
    PhoneNumber: { Office: row.read('provider_phone', readPhone) },
  };
  return {
    author,
    entry: { ...author, NPI: npi, Role: codedValue(row, 'provider_specialty_') },
    ids: [npi, row.id('provider_id')].filter((known) => known !== undefined),
  };
};

/** `MD, PhD` as a list. */
export const listOf = (text = ''): readonly string[] => text.split(/[,;]/).map((item) => item.trim());
