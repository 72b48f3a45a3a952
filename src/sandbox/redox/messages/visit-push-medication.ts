import { codedPlus, period, quantity } from './common-shapes.ts';
import { bool, dateOrDateTime, number, text } from './scalars.ts';
import type { Fields } from './shape.ts';

/** Sections of VisitPush about medications and immunizations. Quantities are strings throughout, refills are numbers. */

export const plannedMedication = {
  ...period,
  Status: text,
  Dose: quantity,
  Rate: quantity,
  Route: codedPlus,
  Frequency: { Period: text, Unit: text },
  Product: codedPlus,
} satisfies Fields;

export const administeredMedication = {
  ...plannedMedication,
  ReasonNotGiven: text,
  AdministrationHistory: [period],
} satisfies Fields;

export const medication = {
  ...plannedMedication,
  Prescription: bool,
  FreeTextSig: text,
  Frequency: { Period: text, Unit: text, PeriodMax: text, EventCode: text, InstitutionSpecified: bool },
  IsPRN: bool,
  Indications: [codedPlus],
  NumberOfRefillsRemaining: number,
  TotalRefills: number,
  LastRefillDate: dateOrDateTime,
  SupplyOrder: { ...period, ...quantity, NumberOfRefillsRemaining: number },
  AdministrationHistory: [period],
} satisfies Fields;

export const immunization = {
  DateTime: dateOrDateTime,
  Status: text,
  Route: codedPlus,
  Product: { ...codedPlus, Manufacturer: text, LotNumber: text },
  Dose: quantity,
  ReasonNotGiven: text,
  AdministrationHistory: [period],
} satisfies Fields;
