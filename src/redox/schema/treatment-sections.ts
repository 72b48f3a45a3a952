import { each, type Fields, texts } from './notation.ts';
import { coded, codedPlus, comments, id, period, quantity } from './shapes.ts';

/** Quantities are texts throughout, refills are numbers. */

const plannedMedication: Fields = {
  ...period,
  Status: 'text',
  ...each(quantity, 'Dose', 'Rate'),
  ...each(codedPlus, 'Route', 'Product'),
  Frequency: texts('Period', 'Unit'),
};

const medication: Fields = {
  ...plannedMedication,
  ...each('boolean', 'Prescription', 'IsPRN'),
  FreeTextSig: 'text',
  Frequency: { ...texts('Period', 'Unit', 'PeriodMax', 'EventCode'), InstitutionSpecified: 'boolean' },
  Indications: [codedPlus],
  ...each('number', 'NumberOfRefillsRemaining', 'TotalRefills'),
  LastRefillDate: 'time',
  SupplyOrder: { ...period, ...quantity, NumberOfRefillsRemaining: 'number' },
  AdministrationHistory: [period],
};

const immunization: Fields = {
  DateTime: 'time',
  ...texts('Status', 'ReasonNotGiven'),
  Route: codedPlus,
  Product: { ...codedPlus, ...texts('Manufacturer', 'LotNumber') },
  Dose: quantity,
  AdministrationHistory: [period],
};

const device: Fields = {
  ...codedPlus,
  ...texts('DeviceID', 'Issuer', 'BrandName', 'CatalogNumber', 'ModelNumber', 'SerialNumber', 'LotNumber'),
  ...texts('ManufacturerName', 'DistinctID'),
  ...each('time', 'ManufactureDate', 'ExpirationDate'),
  Status: coded,
  Identifiers: [id],
  SafetyObservations: [codedPlus],
};

const planned: Fields = { ...codedPlus, Status: 'text', DateTime: 'time' };

export const treatmentSections: Fields = {
  Immunizations: [immunization],
  MedicalEquipment: [
    {
      ...texts('Status', 'Quantity'),
      StartDate: 'time',
      Product: device,
      Procedure: { ...codedPlus, TargetSite: codedPlus },
      Comments: comments,
    },
  ],
  Medications: [medication],
  DischargeMedications: [medication],
  MedicationsAdministered: [{ ...plannedMedication, ReasonNotGiven: 'text', AdministrationHistory: [period] }],
  PlanOfCare: {
    ...each([planned], 'Orders', 'Procedures', 'Supplies', 'Services'),
    Encounters: [{ ...planned, Identifiers: [id] }],
    MedicationAdministration: [plannedMedication],
  },
  Instructions: [{ ...codedPlus, Text: 'text' }],
};
