import { date, each, type Fields, list, object, phone, text, time } from './notation.ts';
import {
  addressWithoutCounty,
  addressWithUse,
  code,
  codePlus,
  codePlusFields,
  comments,
  diagnosis,
  encounterReference,
  identifiers,
  organization,
  providerFields,
  telecom,
} from './shapes.ts';

const service: Fields = { ...codePlusFields, DateTime: time, Status: text, Comments: comments };

const onBody = object({ ...service, TargetSite: codePlus });

const observation: Fields = {
  ...codePlusFields,
  ...each(text, 'Status', 'Interpretation', 'Value', 'Units'),
  DateTime: time,
  Comments: comments,
};

/** Sections of what was done, measured and written, by whom, where, and who pays. */
export const activitySections: Fields = {
  CareTeams: list(
    object({
      ...each(text, 'Name', 'Status'),
      Types: list(codePlus),
      Encounter: encounterReference,
      Organization: organization,
      Members: list(
        object({
          ...each(text, 'FirstName', 'MiddleName', 'LastName'),
          Credentials: list(text),
          Identifiers: identifiers,
          Roles: list(codePlus),
          ...each(time, 'StartDateTime', 'EndDateTime'),
          Address: addressWithUse,
          Telecom: list(telecom),
        }),
      ),
    }),
  ),
  Encounters: list(
    object({
      Identifiers: identifiers,
      Type: codePlus,
      Status: text,
      ...each(time, 'DateTime', 'EndDateTime'),
      DischargeDisposition: codePlus,
      Providers: list(object({ ...providerFields, NPI: text, Role: codePlus })),
      Locations: list(
        object({
          Name: text,
          Type: codePlus,
          Address: addressWithoutCounty,
          Identifiers: identifiers,
          Telecom: list(telecom),
        }),
      ),
      // Singular, and a list all the same.
      Diagnosis: list(diagnosis),
      ReasonForVisit: list(codePlus),
    }),
  ),
  Insurances: list(
    object({
      Plan: object(each(text, 'ID', 'IDType', 'Name', 'Type')),
      Company: object({ ...each(text, 'ID', 'IDType', 'Name'), Address: addressWithUse, PhoneNumber: phone }),
      ...each(text, 'MemberNumber', 'GroupNumber', 'GroupName', 'PolicyNumber', 'Priority'),
      ...each(text, 'AgreementType', 'CoverageType'),
      ...each(date, 'EffectiveDate', 'ExpirationDate'),
      Insured: object({
        Identifiers: identifiers,
        ...each(text, 'LastName', 'MiddleName', 'FirstName', 'SSN', 'Relationship', 'Sex'),
        DOB: date,
        Address: addressWithUse,
      }),
    }),
  ),
  NoteSections: list(
    object({
      ...codePlusFields,
      ...each(text, 'Title', 'Text'),
      Notes: list(
        object({
          ...codePlusFields,
          ...each(text, 'ContentType', 'FileContents', 'Status'),
          DateTime: time,
          Encounter: encounterReference,
        }),
      ),
    }),
  ),
  Procedures: object({
    ...each(list(onBody), 'Observations', 'Procedures'),
    Services: list(object(service)),
  }),
  Results: list(
    object({
      ...codePlusFields,
      Status: text,
      Producer: object({ ...each(text, 'ID', 'IDType', 'Name'), Address: addressWithUse }),
      Specimen: object({
        ...each(code, 'Source', 'TargetSite'),
        CollectionDateTime: time,
        Identifiers: list(text),
      }),
      Encounter: encounterReference,
      Observations: list(
        object({
          ...observation,
          ...each(text, 'ValueType', 'FileType'),
          CodedValue: codePlus,
          // Texts, though numbers in the schema of 2021 and in FunctionalStatus to this day.
          ReferenceRange: object(each(text, 'Low', 'High', 'Text')),
        }),
      ),
    }),
  ),
  VitalSigns: list(object({ DateTime: time, Observations: list(object({ ...observation, TargetSite: codePlus })) })),
};
