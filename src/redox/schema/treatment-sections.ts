import { each, type Fields, list, number, object, text, time, yesOrNo } from './notation.ts';
import { code, codePlus, codePlusFields, comments, identifiers, quantity } from './shapes.ts';

const administrationHistory = list(object(each(time, 'StartDate', 'EndDate')));

const dosing: Fields = {
  Status: text,
  ...each(quantity, 'Dose', 'Rate'),
  Route: codePlus,
  ...each(time, 'StartDate', 'EndDate'),
  Product: codePlus,
};

const medications = list(
  object({
    ...dosing,
    ...each(yesOrNo, 'Prescription', 'IsPRN'),
    FreeTextSig: text,
    Frequency: object({
      ...each(text, 'Period', 'Unit', 'PeriodMax', 'EventCode'),
      InstitutionSpecified: yesOrNo,
    }),
    Indications: list(codePlus),
    ...each(number, 'NumberOfRefillsRemaining', 'TotalRefills'),
    LastRefillDate: time,
    SupplyOrder: object({
      ...each(time, 'StartDate', 'EndDate'),
      ...each(text, 'Quantity', 'Units'),
      NumberOfRefillsRemaining: number,
    }),
    AdministrationHistory: administrationHistory,
  }),
);

const frequency = object(each(text, 'Period', 'Unit'));

const planned = object({ ...codePlusFields, Status: text, DateTime: time });

/** Sections of what a patient is given, and of what is planned. */
export const treatmentSections: Fields = {
  Immunizations: list(
    object({
      DateTime: time,
      ...each(text, 'Status', 'ReasonNotGiven'),
      Route: codePlus,
      Product: object({ ...codePlusFields, ...each(text, 'Manufacturer', 'LotNumber') }),
      Dose: quantity,
      AdministrationHistory: administrationHistory,
    }),
  ),
  MedicalEquipment: list(
    object({
      ...each(text, 'Status', 'Quantity'),
      StartDate: time,
      Product: object({
        ...codePlusFields,
        Status: code,
        Identifiers: identifiers,
        ...each(text, 'DeviceID', 'Issuer', 'BrandName', 'CatalogNumber', 'ModelNumber', 'SerialNumber', 'LotNumber'),
        ...each(text, 'ManufacturerName', 'DistinctID'),
        ...each(time, 'ManufactureDate', 'ExpirationDate'),
        SafetyObservations: list(codePlus),
      }),
      Procedure: object({ ...codePlusFields, TargetSite: codePlus }),
      Comments: comments,
    }),
  ),
  Medications: medications,
  DischargeMedications: medications,
  MedicationsAdministered: list(
    object({
      ...dosing,
      Frequency: frequency,
      ReasonNotGiven: text,
      AdministrationHistory: administrationHistory,
    }),
  ),
  PlanOfCare: object({
    ...each(list(planned), 'Orders', 'Procedures', 'Supplies', 'Services'),
    Encounters: list(object({ ...codePlusFields, Status: text, DateTime: time, Identifiers: identifiers })),
    MedicationAdministration: list(object({ ...dosing, Frequency: frequency })),
  }),
  Instructions: list(object({ ...codePlusFields, Text: text })),
};
