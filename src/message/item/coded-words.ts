import { leftOut, read, type Reading } from '../../values/reading.ts';
import { lookup, saysNothingOfCare } from '../../values/word.ts';
import { isDenial } from '../../values/clinical/denial.ts';
import { observationValue, snomedCt } from '../code-system.ts';
import type { Draft } from '../parts.ts';

/** Words that EHRs write as text and Redox has as coded values. An unknown word is sent as the name. */
const codedWords = (
  system: { readonly oid: string; readonly name: string },
  table: Readonly<Record<string, readonly [name: string, spellings: string]>>,
): ((text: string) => Reading<Draft>) => {
  const lookUp = lookup(
    Object.fromEntries(Object.entries(table).map(([code, [name, others]]) => [code, `${name}|${others}`])),
  );
  return (text) => {
    const code = lookUp(text);
    if (code === undefined) return saysNothingOfCare(text) ? leftOut() : read({ Name: text }, 'unmapped');
    return read({ Code: code, CodeSystem: system.oid, CodeSystemName: system.name, Name: table[code]?.[0] });
  };
};

const resolvedWords = 'R | ended | closed';
const lookUpResolved = lookup({ '413322009': `Resolved | ${resolvedWords}` });

const lookUpClinicalStatus = codedWords(snomedCt, {
  '55561003': ['Active', 'A | current | ongoing'],
  '73425007': ['Inactive', 'I'],
  '413322009': ['Resolved', resolvedWords],
});

/**
 * Status of an allergy, a problem or a diagnosis: the three SNOMED CT codes of Redox's samples. FHIR's words. A status
 * that denies the condition makes the item a negation, which has none.
 */
export const readClinicalStatus = (text: string): Reading<Draft> =>
  isDenial(text) ? leftOut() : lookUpClinicalStatus(text);

/** Does the status say that the condition is over? */
export const isResolved = (status: string): boolean => lookUpResolved(status) !== undefined;

/** Value set Problem Severity of C-CDA (2.16.840.1.113883.3.88.12.3221.6.8); HL7 v2 table 0128 (MI, MO, SV). */
export const readSeverity = codedWords(snomedCt, {
  '255604002': ['Mild', 'MI | low | slight'],
  '371923003': ['Mild to moderate', ''],
  '6736007': ['Moderate', 'MO | medium'],
  '371924009': ['Moderate to severe', ''],
  '24484000': ['Severe', 'SV | serious | high'],
  '442452003': ['Life threatening severity', 'life threatening'],
  '399166001': ['Fatal', ''],
});

/** HL7 v3 ObservationValue; FHIR allergy-intolerance-criticality. */
export const readCriticality = codedWords(observationValue, {
  CRITH: ['High criticality', 'high'],
  CRITL: ['Low criticality', 'low'],
  CRITU: ['Unable to assess criticality', 'unable to assess'],
});

/**
 * Value set Allergy and Intolerance Type of C-CDA (2.16.840.1.113883.3.88.12.3221.6.2), FHIR's types and categories, HL7
 * v2 table 0127. C-CDA's list has no animals, pollen and plants: they are substances.
 */
export const readAllergyType = codedWords(snomedCt, {
  '419199007': [
    'Allergy to substance',
    `allergy | environment | environmental | environmental allergy | biologic | substance allergy |
    AA | animal allergy | EA | LA | pollen allergy | MA | miscellaneous allergy | PA | plant allergy`,
  ],
  '416098002': ['Allergy to drug', 'drug allergy | drug | medication | medication allergy | DA'],
  '414285001': ['Allergy to food', 'food allergy | food | FA'],
  '418038007': ['Propensity to adverse reactions to substance', 'intolerance | substance intolerance'],
  '59037007': ['Intolerance to drug', 'drug intolerance | medication intolerance | DINT'],
  '235719002': ['Intolerance to food', 'food intolerance | FINT'],
  '419511003': ['Propensity to adverse reactions to drug', ''],
  '418471000': ['Propensity to adverse reactions to food', ''],
  '420134006': ['Propensity to adverse reaction', ''],
});
