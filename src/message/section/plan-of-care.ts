import { readPlanStatus } from '../../values/clinical/clinical-status.ts';
import { closedWords } from '../../values/word.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import { itemsByKind } from '../item/kind.ts';
import { inCodes } from '../item/items.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

type Planned = Item<'plan_of_care'>;

const readKind = closedWords({
  order: '',
  procedure: '',
  encounter: 'appointment | visit',
  supply: '',
  service: '',
  medication: '',
});

/**
 * An object of six lists, one for each kind of activity. Redox's statuses of a plan cannot say that it was refused, so
 * such a row stands in the text alone.
 */
export const buildPlanOfCare: SectionBuilder<'plan_of_care'> = (items) => {
  const kinds = ['order', 'procedure', 'encounter', 'supply', 'service', 'medication'] as const;
  const of = itemsByKind(inCodes(items), readKind, kinds);
  return {
    PlanOfCare: {
      Orders: of.order.map(activity),
      Procedures: of.procedure.map(activity),
      Encounters: of.encounter.map(encounter),
      Supplies: of.supply.map(activity),
      Services: of.service.map(activity),
      MedicationAdministration: of.medication.map(medication),
    },
    PlanOfCareText: sectionText(items),
  };
};

const activity = (item: Planned): Readonly<Record<string, Draft>> => ({
  ...item.codedPlus(''),
  Status: item.read('status', readPlanStatus),
  DateTime: item.time('planned_at'),
});

/** `VN` is the visit number of HL7 v2 table 0203, as for the visit itself. */
const encounter = (item: Planned): Draft => {
  const id = item.id('planned_encounter_id');
  return { ...activity(item), Identifiers: id === undefined ? [] : [{ ID: id, IDType: 'VN' }] };
};

const medication = (item: Planned): Draft => ({
  Status: item.read('status', readPlanStatus),
  Dose: item.quantity('dose'),
  Rate: item.quantity('rate'),
  Route: item.coded('route_'),
  ...item.period('planned_at', 'planned_until'),
  Frequency: frequency(item),
  Product: item.codedPlus(''),
});

/** The unit is sent only beside a period. */
const frequency = (item: Planned): Draft => {
  const period = item.number('frequency_period');
  return period === undefined ? undefined : { Period: period, Unit: item.text('frequency_unit') };
};
