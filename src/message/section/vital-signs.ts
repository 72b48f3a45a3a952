import { readActStatus, readInterpretation } from '../../values/clinical/clinical-status.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { grouped } from '../item/items.ts';
import { sectionText } from '../item/text.ts';

/** One element for each time of measurement. */
export const buildVitalSigns: SectionBuilder<'vital_signs'> = (items) => ({
  VitalSigns: grouped(items).map((atOneTime) => ({
    DateTime: atOneTime[0].time('observed_at'),
    Observations: atOneTime.map(vitalSign),
  })),
  VitalSignsText: sectionText(items),
});

const vitalSign = (item: Item<'vital_signs'>): Draft => {
  const value = item.number('value');
  return {
    ...item.codedPlus(''),
    Status: item.status(readActStatus),
    Interpretation: item.read('interpretation', readInterpretation),
    DateTime: item.time('observed_at'),
    Value: value,
    // Units are sent only beside a value.
    Units: value === undefined ? undefined : item.text('units'),
    TargetSite: item.coded('target_site_'),
    Comments: item.comments(),
  };
};
