import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import { readAllergyType, readClinicalStatus, readCriticality, readSeverity } from '../item/coded-words.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

export const buildAllergies: SectionBuilder<'allergies'> = (items) => ({
  Allergies: items.map(allergy),
  AllergyText: sectionText(items),
});

const allergy = (item: Item<'allergies'>): Draft => ({
  Type: item.read('type', readAllergyType),
  Substance: item.codedPlus('substance_'),
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
  IsNegativeIndicator: item.boolean('negated'),
});
