import { lookup } from '../../values/lookup.ts';
import { leftOut, read, type Reading } from '../../values/reading.ts';
import { saysNothing } from '../../values/says-nothing.ts';
import type { Draft } from '../present.ts';

/** HL7 v3 Confidentiality: the three that a CDA document may have. */
const names = { N: 'normal', R: 'restricted', V: 'very restricted' } as const;

const lookUp = lookup(names);

export const readConfidentiality = (text: string): Reading<Draft> => {
  if (saysNothing(text)) return leftOut();
  const code = lookUp(text);
  if (code === undefined) return leftOut('unmapped');
  return read({
    Code: code,
    CodeSystem: '2.16.840.1.113883.5.25',
    CodeSystemName: 'Confidentiality',
    Name: names[code],
  });
};
