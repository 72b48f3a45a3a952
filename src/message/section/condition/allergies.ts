import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import { readAllergyType, readClinicalStatus, readCriticality, readSeverity } from '../../item/coded-words.ts';
import type { Item } from '../../item/item.ts';
import { inCodes } from '../../item/items.ts';
import { sectionText } from '../../item/text.ts';
import { nothingKnown, type AllergySubject } from './nothing-known.ts';

type Allergy = Item<'allergies'>;

export const buildAllergies: SectionBuilder<'allergies'> = (items) => ({
  Allergies: inCodes(items, 'absent').map(allergy),
  AllergyText: sectionText(items, (item) => nothingKnown(item)?.words),
});

/** Undefined where only words can say what the row says. */
const allergy = (item: Allergy): Draft => {
  const statement = nothingKnown(item);
  const subject = statement === undefined ? named(item) : statement.coded(item);
  if (subject === undefined) return undefined;
  return {
    Type: subject.Type,
    Substance: subject.Substance,
    Reaction: item.parts('reaction').map((reaction) => ({
      ...reaction.coded('reaction_'),
      Severity: reaction.read('reaction_severity', readSeverity),
      Text: reaction.text('reaction_text'),
    })),
    Severity: item.read('severity', readSeverity),
    Criticality: item.read('criticality', readCriticality),
    Status: item.read('status', readClinicalStatus),
    ...item.period('started_at', 'ended_at'),
    Comments: item.comments(),
    IsNegativeIndicator: subject.IsNegativeIndicator,
  };
};

const named = (item: Allergy): AllergySubject => ({
  Type: item.read('type', readAllergyType),
  Substance: item.codedPlus('substance_'),
  IsNegativeIndicator: item.negativeIndicator(),
});
