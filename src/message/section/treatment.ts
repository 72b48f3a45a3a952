/** Sections about what was done and given, and what is planned. */
import { readActStatus, readGivenStatus, readPlanStatus } from '../../values/clinical/clinical-status.ts';
import type { Draft } from '../parts.ts';
import type { Item, SectionBuilder } from '../item/item.ts';
import { inCodes, itemsByKind } from '../item/items.ts';
import { readMedicationKind } from '../item/standing.ts';
import { sectionText } from '../item/text.ts';
import { closedWords } from '../../values/word.ts';

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
const frequency = (item: Medication | Planned): Readonly<Record<string, Draft>> => {
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

export const buildImmunizations: SectionBuilder<'immunizations'> = (items) => ({
  Immunizations: items.map(immunization),
  ImmunizationText: sectionText(items),
});

const immunization = (item: Item<'immunizations'>): Draft => ({
  DateTime: item.time('given_at'),
  Status: item.status(readGivenStatus),
  Route: item.coded('route_'),
  Product: {
    ...item.codedPlus(''),
    Manufacturer: item.text('manufacturer'),
    LotNumber: item.id('lot_number'),
  },
  Dose: item.quantity('dose'),
  ReasonNotGiven: item.reasonNotDone(),
});

type Procedure = Item<'procedures'>;

/** An object, so procedures are in `Procedures.Procedures`. Services alone have no target site. */
export const buildProcedures: SectionBuilder<'procedures'> = (items) => {
  const { procedure, observation, service } = itemsByKind(items, readProcedureKind, [
    'procedure',
    'observation',
    'service',
  ]);
  return {
    Procedures: {
      Observations: observation.map(onBody),
      Procedures: procedure.map(onBody),
      Services: service.map(act),
    },
    ProceduresText: sectionText(items),
  };
};

const readProcedureKind = closedWords({ procedure: '', observation: '', service: 'act' });

const onBody = (item: Procedure): Draft => ({ ...act(item), TargetSite: item.coded('target_site_') });

const act = (item: Procedure): Readonly<Record<string, Draft>> => ({
  ...item.codedPlus(''),
  DateTime: item.time('performed_at'),
  Status: item.status(readActStatus),
  Comments: item.comments(),
});

type Planned = Item<'plan_of_care'>;

const readPlanKind = closedWords({
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
  const of = itemsByKind(inCodes(items), readPlanKind, kinds);
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

type Device = Item<'medical_equipment'>;

export const buildMedicalEquipment: SectionBuilder<'medical_equipment'> = (items) => ({
  MedicalEquipment: items.map((item) => ({
    Status: item.status(readActStatus),
    StartDate: item.time('started_at'),
    Quantity: item.number('quantity'),
    Product: product(item),
    Procedure: { ...item.coded('procedure_'), TargetSite: item.coded('target_site_') },
    Comments: item.comments(),
  })),
  MedicalEquipmentText: sectionText(items),
});

/** The FDA's OID for unique device identifiers, as in C-CDA. */
const fdaUdi = '2.16.840.1.113883.3.3719';

const product = (item: Device): Draft => {
  const udi = item.id('udi');
  return {
    ...item.codedPlus(''),
    Identifiers: udi === undefined ? [] : [{ ID: udi, IDType: fdaUdi }],
    DeviceID: item.id('device_identifier'),
    Issuer: item.text('issuer'),
    BrandName: item.text('brand_name'),
    CatalogNumber: item.id('catalog_number'),
    ModelNumber: item.id('model_number'),
    SerialNumber: item.id('serial_number'),
    LotNumber: item.id('lot_number'),
    ManufacturerName: item.text('manufacturer'),
    ManufactureDate: item.time('manufactured_at'),
    ExpirationDate: item.time('expires_at'),
    DistinctID: item.id('distinct_id'),
    SafetyObservations: item.parts('safety').map((safety) => safety.coded('safety_')),
  };
};
