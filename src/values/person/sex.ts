import { read, type Reading } from '../reading.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Redox: Patient.Demographics.Sex. Spellings: HL7 v2 table 0001 (F M O U A N C), HL7 v3 AdministrativeGender (F M UN),
 * FHIR administrative-gender, SNOMED CT 248152002 and 248153007, `X` as on driving licences.
 */
const lookUp = lookup({
  Female: 'F | fem | woman | girl | 248152002',
  Male: 'M | man | boy | 248153007',
  Nonbinary: 'X | NB',
  Other: 'O | OTH | A | ambiguous | C | complex | UN | undifferentiated | intersex',
  Unknown: 'U | N',
});

export const readSex = (text: string): Reading<string> => {
  const value = saysNothing(text) ? 'Unknown' : lookUp(text);
  return value === undefined ? read('Unknown', 'unmapped') : read(value);
};
