import { readInterpretation, readResultStatus } from '../../values/clinical-status.ts';
import { isNumber, readNumber, readNumberOrWords } from '../../values/number.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { grouped } from '../item/items.ts';
import { sectionText } from '../item/text.ts';

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

const observation = (item: Observation): Draft => {
  const codedValue = item.coded('value_');
  return {
    ...item.codedPlus(''),
    Status: item.read('status', readResultStatus),
    Interpretation: item.read('interpretation', readInterpretation),
    DateTime: item.time('observed_at'),
    ...valueOf(item, codedValue['Code'] !== undefined),
    CodedValue: codedValue,
    // Texts here, though numbers in Redox's schema of 2021.
    ReferenceRange: {
      Low: item.number('reference_low'),
      High: item.number('reference_high'),
      Text: item.text('reference_text'),
    },
    Comments: item.comments(),
  };
};

/**
 * The value, its type and its units, which say nothing of no value. Where the site says that the value is a quantity, it has to be
 * a number. Of the types in Redox's samples, these two are told by the value itself; of anything else the type is not said.
 */
const valueOf = (item: Observation, isCoded: boolean): Readonly<Record<string, Draft>> => {
  const type = item.text('value_type');
  const value = item.read('value', type !== undefined && quantityTypes.test(type) ? readNumber : readNumberOrWords);
  if (value === undefined) return { ValueType: isCoded ? (type ?? 'Code') : undefined };
  const units = item.text('units');
  const quantity = isNumber(value) && units !== undefined ? 'PhysicalQuantity' : undefined;
  return { Value: value, ValueType: type ?? (isCoded ? 'Code' : quantity), Units: units };
};

/** Redox's word, and those of CDA and HL7 v2 for it. */
const quantityTypes = /^\s*(?:physical\s*quantity|pq|nm|numeric|number|quantity|integer|real|decimal)\s*$/i;
