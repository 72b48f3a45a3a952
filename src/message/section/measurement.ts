/** Sections about measurements and abilities. */
import {
  readInterpretation,
  readPanelStatus,
  readResultStatus,
  readActStatus,
} from '../../values/clinical/clinical-status.ts';
import { unitsBeside } from '../../values/clinical/units.ts';
import { isNumber, readNumber, readNumberOrWords } from '../../values/number.ts';
import type { Draft } from '../parts.ts';
import type { Item, SectionBuilder } from '../item/item.ts';
import { grouped } from '../item/items.ts';
import { sectionText } from '../item/text.ts';

type Observation = Item<'results'>;

export const buildResults: SectionBuilder<'results'> = (items) => ({
  Results: grouped(items).flatMap((observations) =>
    // An observation outside any panel is sent as a panel of one, under its own code.
    isOfPanel(observations[0])
      ? [panel(observations[0].coded('panel_'), observations, observations[0].read('panel_status', readPanelStatus))]
      : observations.map((alone) => panel(alone.codedPlus(''), [alone], undefined)),
  ),
  ResultText: sectionText(items),
});

const isOfPanel = (item: Observation): boolean =>
  item.id('panel_id') !== undefined || item.text('panel_code') !== undefined || item.text('panel_name') !== undefined;

const panel = (
  code: Readonly<Record<string, Draft>>,
  observations: readonly [Observation, ...Observation[]],
  status: string | undefined,
): Draft => {
  const [first] = observations;
  return {
    ...code,
    Status: status ?? commonStatus(observations),
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

/** The status of a panel without one of its own: the status that all its observations share. */
const commonStatus = (observations: readonly Observation[]): string | undefined => {
  const statuses = new Set(observations.map((item) => item.status(readResultStatus)));
  return statuses.size === 1 ? [...statuses][0] : undefined;
};

const observation = (item: Observation): Draft => {
  const codedValue = item.coded('value_');
  return {
    ...item.codedPlus(''),
    Status: item.status(readResultStatus),
    Interpretation: item.read('interpretation', readInterpretation),
    DateTime: item.time('observed_at'),
    ...valueOf(item, codedValue['Code'] !== undefined),
    CodedValue: codedValue,
    // Strings here, although Redox's schema of 2021 has numbers.
    ReferenceRange: {
      Low: item.number('reference_low'),
      High: item.number('reference_high'),
      Text: item.text('reference_text'),
    },
    Comments: item.comments(),
  };
};

/**
 * The value with its type and units, which are sent only beside a value. A value that the site declares a quantity must
 * be a number. Otherwise the type is derived from the value for the two types in Redox's samples, and left out for the
 * rest.
 */
const valueOf = (item: Observation, isCoded: boolean): Readonly<Record<string, Draft>> => {
  const type = item.text('value_type');
  const value = item.read('value', type !== undefined && quantityTypes.test(type) ? readNumber : readNumberOrWords);
  if (value === undefined) return { ValueType: isCoded ? (type ?? 'Code') : undefined };
  const units = unitsBeside(value, item.text('units'));
  const quantity = isNumber(value) && units !== undefined ? 'PhysicalQuantity' : undefined;
  return { Value: value, ValueType: type ?? (isCoded ? 'Code' : quantity), Units: units };
};

/** Redox's word for a quantity, and those of CDA and HL7 v2. */
const quantityTypes = /^\s*(?:physical\s*quantity|pq|nm|numeric|number|quantity|integer|real|decimal)\s*$/i;

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
