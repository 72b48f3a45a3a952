import { leftOut, read, type Reading } from './reading.ts';
import { lookup } from './lookup.ts';
import { saysNothing } from './says-nothing.ts';

/** The contract's own words; an EHR's classes and states are mapped to them in its SQL. */
export type EncounterClass = 'outpatient' | 'inpatient' | 'emergency' | 'home' | 'virtual' | 'other';
export type EncounterStatus = 'planned' | 'open' | 'finished' | 'cancelled';

const lookUpClass = lookup<EncounterClass>({
  outpatient: '',
  inpatient: '',
  emergency: '',
  home: '',
  virtual: '',
  other: '',
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
