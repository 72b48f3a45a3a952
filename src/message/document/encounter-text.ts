import type { EncounterRow } from '../../contract/contract.ts';
import { dischargeStatusName } from '../../values/clinical/discharge.ts';
import { readEncounterClass } from '../../values/encounter.ts';
import type { Calendar } from '../../values/time/event-time.ts';
import { paragraph, table, type Markup } from './narrative.ts';
import { inOneLine, wordedCode, wordedEnd, wordedTime } from '../wording.ts';

/** `EncountersText`: the visit in one line. Every document has it, because a visit may have nothing else to read. */
export const encounterText = (row: EncounterRow, calendar: Calendar): Markup => {
  const cells: Readonly<Record<string, string>> = {
    Visit: wordedCode(row, 'type_'),
    Class: wordedClass(row.class?.trim() ?? ''),
    Status: row.status?.trim() ?? '',
    Started: wordedTime(row, 'started_at', calendar),
    Ended: wordedEnd(row, 'ended_at', 'started_at', calendar),
    Reason: wordedCode(row, 'reason_'),
    Place: inOneLine([row.facility_name?.trim(), row.department?.trim(), wordedRoom(row.room?.trim() ?? '')], ', '),
    Clinician: inOneLine([clinicianIn(row), row.provider_credentials?.trim()], ', '),
    Discharge: wordedDischarge(row.discharge_disposition?.trim() ?? ''),
  };
  return table(Object.keys(cells), [Object.values(cells)]) ?? paragraph('Visit', '');
};

const clinicianIn = (row: EncounterRow): string =>
  inOneLine([row.provider_first_name?.trim(), row.provider_last_name?.trim()], ' ');

/** A room is often a number alone. */
const wordedRoom = (room: string): string => (/^\d/.test(room) ? `room ${room}` : room);

/** `AMB` means nothing to people; a word that is not understood stays as it is. */
const wordedClass = (text: string): string => {
  const { value, problems } = readEncounterClass(text);
  return text === '' || value === undefined || problems.length > 0 ? text : value;
};

const wordedDischarge = (text: string): string => {
  const name = dischargeStatusName(text);
  return name === undefined ? text : `${name} (NUBC ${text})`;
};
