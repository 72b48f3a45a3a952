/**
 * Rows that say that no allergy is known. C-CDA's template (2.16.840.1.113883.10.20.22.4.7) denies an allergy of the
 * kind in question, without a substance. SNOMED CT has the statement as a code of its own, which must not be denied once
 * more.
 */
import { lookup } from '../../values/word.ts';
import { snomedCt } from '../code-system.ts';
import { readAllergyType } from '../item/coded-words.ts';
import type { Item } from '../item/item.ts';
import type { Draft } from '../parts.ts';

type Allergy = Item<'allergies'>;

/** What Redox's fields say of an allergy's subject. */
export interface AllergySubject {
  readonly Type?: Draft;
  readonly Substance?: Draft;
  readonly IsNegativeIndicator?: Draft;
}

interface Statement {
  readonly words: string;
  readonly coded: (item: Allergy) => AllergySubject | undefined;
}

/** SNOMED CT's statements, by their codes: in words, as SNOMED CT has them, and in other spellings. */
const statements = {
  '716186003': ['No known allergies', 'No known allergy', 'NKA | 160244002 | no allergies | no known active allergies'],
  '409137002': [
    'No known drug allergies',
    'No known drug allergy',
    'NKDA | NKMA | no drug allergies | no known medication allergies | no known medication allergy',
  ],
  '429625007': ['No known food allergies', 'No known food allergy', 'NKFA | no food allergies'],
  '428607008': [
    'No known environmental allergies',
    'No known environmental allergy',
    'NKEA | no environmental allergies',
  ],
} as const;
type StatementCode = keyof typeof statements;

const lookUpStatement = lookup<StatementCode>(
  Object.fromEntries(
    Object.entries(statements).map(([code, [words, name, others]]) => [code, `${words} | ${name} | ${others}`]),
  ) as Record<StatementCode, string>,
);

/** The types that say exactly what a denial of them means, by the type's words, and the denial in words. */
const deniable: Readonly<Record<string, string>> = {
  'Allergy to substance': 'No known allergies',
  'Allergy to drug': 'No known drug allergies',
  'Allergy to food': 'No known food allergies',
  'Propensity to adverse reactions to substance': 'No known intolerances',
  'Intolerance to drug': 'No known drug intolerances',
  'Intolerance to food': 'No known food intolerances',
  'Propensity to adverse reactions to drug': 'No known adverse reactions to drugs',
  'Propensity to adverse reactions to food': 'No known adverse reactions to food',
  'Propensity to adverse reaction': 'No known adverse reactions',
};

/** Kinds of allergy that Redox's list only has as allergies to any substance: denying that would deny too much. */
const isOneKind = lookup({
  environmental: 'environment | environmental allergy | EA',
  biologic: '',
  other: 'MA | AA | LA | PA | animal allergy | pollen allergy | plant allergy | miscellaneous allergy',
});

/** Undefined where the row names an allergy, or leaves open whether it is denied. */
export const nothingKnown = (item: Allergy): Statement | undefined => {
  const { kind } = item.standing;
  if (kind !== 'stated' && kind !== 'absent') return undefined;
  const code = item.text('substance_code');
  const name = item.text('substance_name');
  const stated = lookUpStatement(code ?? '') ?? lookUpStatement(name ?? '');
  if (stated !== undefined) return statementOf(stated);
  return kind === 'absent' && code === undefined && name === undefined ? denial(item) : undefined;
};

const statementOf = (code: StatementCode): Statement => ({
  words: statements[code][0],
  coded: (item) => ({ Substance: substanceOf(code, item) }),
});

/** The source's own code, where it is SNOMED CT's; otherwise SNOMED CT's, with that of the source beside it. */
const substanceOf = (code: StatementCode, item: Allergy): Draft => {
  const { AltCodes, ...given } = item.codedPlus('substance_');
  const isSnomed = given['CodeSystem'] === snomedCt.oid || given['CodeSystemName'] === undefined;
  if (isSnomed && /^\d+$/.test(item.text('substance_code') ?? '')) {
    return { ...given, CodeSystem: snomedCt.oid, CodeSystemName: snomedCt.name, AltCodes };
  }
  const snomed = { Code: code, CodeSystem: snomedCt.oid, CodeSystemName: snomedCt.name, Name: statements[code][1] };
  return { ...snomed, AltCodes: given['Code'] === undefined ? AltCodes : [given, AltCodes].flat() };
};

const denial = (item: Allergy): Statement => {
  const given = item.text('type') ?? 'allergy';
  const kind = isOneKind(given);
  if (kind === 'environmental') return statementOf('428607008');
  const { value: type } = readAllergyType(given);
  const words = kind === undefined ? deniable[nameOf(type)] : undefined;
  return words === undefined
    ? { words: `No known allergies of this type: ${given}`, coded: () => undefined }
    : { words, coded: () => ({ Type: type, IsNegativeIndicator: true }) };
};

const nameOf = (type: Draft): string => {
  const name = (type as { readonly Name?: Draft } | undefined)?.Name;
  return typeof name === 'string' ? name : '';
};
