import { leftOut, read, type Reading } from './reading.ts';
import { lookup, saysNothing } from './word.ts';

/**
 * The contract's own words. A class may also be written as in HL7 v3 ActEncounterCode (FHIR's classes), by HL7 v2 table
 * 0004, or in usual words; a state is mapped in the site's SQL.
 */
export type EncounterClass = 'outpatient' | 'inpatient' | 'emergency' | 'home' | 'virtual' | 'other';
export type EncounterStatus = 'planned' | 'open' | 'finished' | 'cancelled';

const lookUpClass = lookup<EncounterClass>({
  outpatient:
    'O | R | AMB | ambulatory | office | office visit | clinic | clinic visit | urgent care | wellness | recurring',
  inpatient: 'I | IMP | ACUTE | NONAC | inpatient acute | inpatient non-acute | hospital inpatient | admission | SNF',
  emergency: 'E | ED | ER | EMER | emergency room | emergency department',
  home: 'HH | home health | home visit | home care | hospice',
  virtual: 'VR | telehealth | telemedicine | video | video visit | phone | telephone | online | e-visit',
  other: 'FLD | OBSENC | PRENC | SS | P | field | observation | pre-admission | short stay',
});
const lookUpStatus = lookup<EncounterStatus>({ planned: '', open: '', finished: '', cancelled: 'canceled' });

export const readEncounterClass = (text: string): Reading<EncounterClass> => {
  const value = saysNothing(text) ? 'other' : lookUpClass(text);
  return value === undefined ? read('other', 'unmapped') : read(value);
};

export const readEncounterStatus = (text: string): Reading<EncounterStatus> => {
  const value = lookUpStatus(text);
  return value === undefined ? leftOut('unmapped') : read(value);
};
