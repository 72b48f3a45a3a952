import type { EncounterRow } from '../../contract/contract.ts';
import type { Calendar } from '../../values/time/event-time.ts';
import { table, type Markup } from './narrative.ts';
import { inOneLine, wordedCode, wordedEnd, wordedTime } from '../wording.ts';

/** `EncountersText`: the visit in one line. */
export const encounterText = (row: EncounterRow, calendar: Calendar): Markup | undefined => {
  const cells: Readonly<Record<string, string>> = {
    Visit: wordedCode(row, 'type_'),
    Class: row.class ?? '',
    Status: row.status ?? '',
    Started: wordedTime(row, 'started_at', calendar),
    Ended: wordedEnd(row, 'ended_at', 'started_at', calendar),
    Reason: wordedCode(row, 'reason_'),
    Place: inOneLine([row.facility_name?.trim(), row.department?.trim()], ', '),
    Clinician: inOneLine([row.provider_first_name?.trim(), row.provider_last_name?.trim()], ' '),
    Discharge: row.discharge_disposition ?? '',
  };
  return table(Object.keys(cells), [Object.values(cells)]);
};
