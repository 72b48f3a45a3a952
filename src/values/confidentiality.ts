import { leftOut, read, type Reading } from './reading.ts';
import { lookup } from './lookup.ts';
import { saysNothing } from './says-nothing.ts';

/** HL7 v3 Confidentiality, the three that a CDA document may have. */
const lookUp = lookup({
  N: 'normal',
  R: 'restricted',
  V: 'very restricted',
});

export const confidentialityNames = { N: 'normal', R: 'restricted', V: 'very restricted' } as const;

export const readConfidentiality = (text: string): Reading<keyof typeof confidentialityNames> => {
  if (saysNothing(text)) return leftOut();
  const value = lookUp(text);
  return value === undefined ? leftOut('unmapped') : read(value);
};
