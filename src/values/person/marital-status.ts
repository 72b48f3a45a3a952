import { read, type Reading } from '../reading.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: Patient.Demographics.MaritalStatus, which has the names of HL7 v2 table 0002. Letters follow that table where
 * HL7 v3 MaritalStatus differs: A is Separated (v3: Annulled), P Domestic partner (v3: Polygamous), T Unreported (v3:
 * Domestic partner), U Unknown (v3: unmarried). L exists only in v3.
 */
const lookUp = lookup({
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
  const value = lookUp(text) ?? (saysNothing(text) ? 'Unknown' : undefined);
  return value === undefined ? read('Unknown', 'unmapped') : read(value);
};
