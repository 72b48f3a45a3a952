import { unitsBeside } from '../../../values/clinical/units.ts';
import { closedWords } from '../../../values/word.ts';
import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import { itemsByKind } from '../../item/kind.ts';
import type { Item } from '../../item/item.ts';
import { sectionText } from '../../item/text.ts';

type Observation = Item<'social_history'>;

/** An object of three lists. */
export const buildSocialHistory: SectionBuilder<'social_history'> = (items) => {
  const { observation, tobacco, pregnancy } = itemsByKind(items, readKind, ['observation', 'tobacco', 'pregnancy']);
  return {
    SocialHistory: {
      Observations: observation.map(observed),
      Pregnancy: pregnancy.map(pregnant),
      TobaccoUse: tobacco.map(tobaccoUse),
    },
    SocialHistoryText: sectionText(items, unnamed),
  };
};

const readKind = closedWords({ observation: '', tobacco: 'tobacco use | smoking', pregnancy: '' });

/** The subject of a row that only its kind names. */
const unnamed = (item: Observation): string | undefined => {
  if (item.text('code') !== undefined || item.text('name') !== undefined) return undefined;
  const { value: kind } = readKind(item.text('kind') ?? '');
  return kind === undefined ? undefined : kindsInWords[kind];
};

const kindsInWords = { observation: undefined, tobacco: 'Tobacco use', pregnancy: 'Pregnancy' } as const;

const observed = (item: Observation): Draft => ({
  ...item.codedPlus(''),
  Value: item.coded('value_'),
  ValueText: item.text('value'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});

const pregnant = (item: Observation): Draft => ({
  ...item.period('started_at', 'ended_at'),
  EstimatedDelivery: item.time('estimated_delivery_at'),
  Comments: item.comments(),
});

/** Redox has the habit itself as the code, without a value; many EHRs have it as the answer to a question. */
const tobaccoUse = (item: Observation): Draft => ({
  ...(item.text('value_code') === undefined ? item.codedPlus('') : item.coded('value_')),
  IsSmokingStatus: item.boolean('smoking_status'),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});
