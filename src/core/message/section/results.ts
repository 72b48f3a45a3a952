import { readInterpretation, readResultStatus } from '../../value-set/clinical-status.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from './builder.ts';
import type { Item } from './item.ts';
import { grouped } from './items.ts';
import { sectionText } from './text.ts';

type Observation = Item<'results'>;

export const buildResults: SectionBuilder<'results'> = (items) => ({
  Results: grouped(items).flatMap((observations) =>
    // What belongs to no panel is told alone, under its own code, as if it were a panel of one.
    isOfPanel(observations[0])
      ? [panel(observations[0].coded('panel_'), observations)]
      : observations.map((alone) => panel(alone.codedPlus(''), [alone])),
  ),
  ResultText: sectionText(items),
});

const isOfPanel = (item: Observation): boolean =>
  item.id('panel_id') !== undefined || item.text('panel_code') !== undefined || item.text('panel_name') !== undefined;

const panel = (
  code: Readonly<Record<string, Draft>>,
  observations: readonly [Observation, ...Observation[]],
): Draft => {
  const [first] = observations;
  return {
    ...code,
    Status: first.read('panel_status', readResultStatus),
    Producer: {
      ...first.identifier('producer_'),
      Name: first.text('producer_name'),
      Address: first.address('producer_'),
    },
    Specimen: {
      Source: first.coded('specimen_'),
      TargetSite: first.coded('specimen_site_'),
      CollectionDateTime: first.time('specimen_collected_at'),
      Identifiers: [first.id('specimen_id')],
    },
    Observations: observations.map(observation),
  };
};

const observation = (item: Observation): Draft => ({
  ...item.codedPlus(''),
  Status: item.read('status', readResultStatus),
  Interpretation: item.read('interpretation', readInterpretation),
  DateTime: item.time('observed_at'),
  Value: item.text('value'),
  ValueType: item.text('value_type') ?? valueType(item),
  CodedValue: item.coded('value_'),
  Units: item.text('units'),
  // Texts here, though numbers in Redox's schema of 2021.
  ReferenceRange: {
    Low: item.text('reference_low'),
    High: item.text('reference_high'),
    Text: item.text('reference_text'),
  },
  Comments: item.comments(),
});

/** The two types in Redox's samples; of anything else the type is not said. */
const valueType = (item: Observation): string | undefined => {
  if (item.text('value_code') !== undefined) return 'Code';
  const isNumber = /^[-+]?\d+(?:\.\d+)?$/.test(item.text('value') ?? '');
  return isNumber && item.text('units') !== undefined ? 'PhysicalQuantity' : undefined;
};
