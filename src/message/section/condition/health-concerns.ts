import { readConcernStatus, readInterpretation } from '../../../values/clinical/clinical-status.ts';
import { unitsBeside } from '../../../values/clinical/units.ts';
import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import type { Item } from '../../item/item.ts';
import { inCodes } from '../../item/items.ts';
import { sectionText } from '../../item/text.ts';

/** Redox has no field for a concern that the patient does not have, so such a row stands in the text alone. */
export const buildHealthConcerns: SectionBuilder<'health_concerns'> = (items) => ({
  HealthConcerns: inCodes(items).map(concern),
  HealthConcernsText: sectionText(items),
});

const concern = (item: Item<'health_concerns'>): Draft => ({
  ...item.codedPlus(''),
  Category: item.coded('category_'),
  ConcernType: item.text('concern_type'),
  Status: item.read('status', readConcernStatus),
  ...item.period('started_at', 'ended_at'),
  Value: item.text('value'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  Interpretation: item.read('interpretation', readInterpretation),
  TargetSite: item.coded('target_site_'),
  Comments: item.comments(),
});
