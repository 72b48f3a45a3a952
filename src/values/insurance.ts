import { read, type Reading } from './reading.ts';
import { lookup, saysNothing, closedWords } from './word.ts';

/** Redox: Insurances[].AgreementType. */
export const readAgreementType = closedWords({ Standard: '', Unified: '', Maternity: '' });

/** Redox: Insurances[].CoverageType, the holder of the coverage. */
export const readCoverageType = closedWords({ Patient: '', Clinic: '', Insurance: '', Other: '' });

/**
 * Redox: Insurances[].Insured.Relationship, the insured's relation to the patient. HL7 v2 table 0063, and the usual
 * words.
 */
const lookUp = lookup({
  Self: 'SEL | patient | subscriber',
  Spouse: 'SPO | husband | wife',
  Parent: 'PAR',
  Mother: 'MTH | mom',
  Father: 'FTH | dad',
  Child: 'CHD | son | daughter | stepchild | SCH | foster child | FCH',
  Sibling: 'SIB | brother | BRO | sister | SIS',
  Grandparent: 'GRP | grandmother | grandfather',
  Grandchild: 'GCH | grandson | granddaughter',
  'Life Partner': 'DOM | domestic partner | partner | significant other',
  Employer: 'EMR',
  Other: 'OTH | guardian | GRD | other adult | OAD',
  Unknown: 'UNK',
});

export const readRelationship = (text: string): Reading<string> => {
  const value = saysNothing(text) ? 'Unknown' : lookUp(text);
  return value === undefined ? read('Unknown', 'unmapped') : read(value);
};
