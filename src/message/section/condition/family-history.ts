import { readSex } from '../../../values/person/value-sets.ts';
import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import type { Item } from '../../item/item.ts';
import { grouped } from '../../item/items.ts';
import { sectionText } from '../../item/text.ts';

/** One element for each relative. */
export const buildFamilyHistory: SectionBuilder<'family_history'> = (items) => ({
  FamilyHistory: grouped(items).map((ofRelative) => ({
    Relation: relation(ofRelative[0]),
    Problems: ofRelative.map(problem),
  })),
  FamilyHistoryText: sectionText(items),
});

const relation = (item: Item<'family_history'>): Draft => ({
  ...item.coded('relative_'),
  Demographics: { Sex: item.read('relative_sex', readSex), DOB: item.date('relative_birth_date') },
  IsDeceased: item.boolean('relative_deceased'),
});

const problem = (item: Item<'family_history'>): Draft => ({
  ...item.codedPlus(''),
  Type: item.coded('type_'),
  DateTime: item.time('observed_at'),
  AgeAtOnset: item.number('age_at_onset'),
  IsCauseOfDeath: item.boolean('cause_of_death'),
});
