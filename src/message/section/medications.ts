import { readActStatus, readGivenStatus } from '../../values/clinical/clinical-status.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import { itemsByKind } from '../item/kind.ts';
import type { Item } from '../item/item.ts';
import { readMedicationKind } from '../item/medication-kind.ts';
import { sectionText } from '../item/text.ts';

type Medication = Item<'medications'>;

/** One section of the contract fills three of Redox's, because a medication is described in the same way on every list. */
export const buildMedications: SectionBuilder<'medications'> = (items) => {
  const { current, discharge, administered } = itemsByKind(items, readMedicationKind, [
    'current',
    'discharge',
    'administered',
  ]);
  return {
    Medications: current.map(prescribed),
    MedicationsText: sectionText(current),
    DischargeMedications: discharge.map(prescribed),
    DischargeMedicationsText: sectionText(discharge),
    MedicationsAdministered: administered.map(given),
    MedicationsAdministeredText: sectionText(administered),
  };
};

const prescribed = (item: Medication): Draft => ({
  Prescription: item.boolean('prescription'),
  FreeTextSig: item.text('sig'),
  ...dosing(item, readActStatus),
  Frequency: {
    ...frequency(item),
    PeriodMax: item.number('frequency_period_max'),
    EventCode: item.text('frequency_event'),
    InstitutionSpecified: item.boolean('frequency_institution_specified'),
  },
  IsPRN: item.boolean('as_needed'),
  Indications: item.parts('indication').map((indication) => indication.coded('indication_')),
  NumberOfRefillsRemaining: item.count('refills_remaining'),
  TotalRefills: item.count('total_refills'),
  LastRefillDate: item.time('last_refill_at'),
  SupplyOrder: {
    ...item.period('supply_started_at', 'supply_ended_at'),
    ...supplied(item),
    NumberOfRefillsRemaining: item.count('supply_refills_remaining'),
  },
});

/** Units are sent only beside a quantity. */
const supplied = (item: Medication): Readonly<Record<string, Draft>> => {
  const quantity = item.number('supply_quantity');
  return quantity === undefined ? {} : { Quantity: quantity, Units: item.text('supply_quantity_units') };
};

const given = (item: Medication): Draft => ({
  ...dosing(item, readGivenStatus),
  Frequency: frequency(item),
  ReasonNotGiven: item.reasonNotDone(),
});

/** The unit is sent only beside a period. */
const frequency = (item: Medication): Readonly<Record<string, Draft>> => {
  const period = item.number('frequency_period');
  return period === undefined ? {} : { Period: period, Unit: item.text('frequency_unit') };
};

const dosing = (item: Medication, readStatus: typeof readActStatus): Readonly<Record<string, Draft>> => ({
  Status: item.status(readStatus),
  Dose: item.quantity('dose'),
  Rate: item.quantity('rate'),
  Route: item.coded('route_'),
  ...item.period('started_at', 'ended_at'),
  Product: item.codedPlus(''),
  AdministrationHistory: item
    .parts('administration')
    .map((time) => time.period('administration_started_at', 'administration_ended_at')),
});
