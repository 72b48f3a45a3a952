import { readActStatus } from '../../values/clinical/clinical-status.ts';
import { unitsBeside } from '../../values/clinical/units.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

/** Two sections of the contract share `FunctionalStatus`: what the patient can do, and what the patient depends on. */
export const buildFunctionalStatus: SectionBuilder<'functional_status'> = (items) => ({
  FunctionalStatus: { Observations: items.map(ability) },
  FunctionalStatusText: sectionText(items),
});

export const buildSupplies: SectionBuilder<'supplies'> = (items) => ({
  FunctionalStatus: { Supplies: items.map(supply) },
  FunctionalStatusText: sectionText(items),
});

const ability = (item: Item<'functional_status'>): Draft => ({
  ...item.codedPlus(''),
  Value: item.text('value'),
  CodedValue: item.coded('value_'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  DateTime: item.time('observed_at'),
  // Numbers here, and texts in Results.
  ReferenceRange: {
    Low: numeric(item.number('reference_low')),
    High: numeric(item.number('reference_high')),
    Text: item.text('reference_text'),
  },
  Comments: item.comments(),
});

const numeric = (number: string | undefined): number | undefined => (number === undefined ? undefined : Number(number));

const supply = (item: Item<'supplies'>): Draft => ({
  ...item.codedPlus(''),
  Status: item.status(readActStatus),
  DateTime: item.time('supplied_at'),
});
