import { clinicalSections } from './clinical-sections.ts';
import { meta } from './meta.ts';
import { date, each, list, object, phone, type Schema, text, time, yesOrNo } from './notation.ts';
import { addressWithUse, code, codePlus, location, organization, providerFields, shapes } from './shapes.ts';

const patientIdentifier = object(each(text, 'ID', 'IDType', 'Type'), ['ID', 'IDType']);

/** No office phone, and email addresses as objects: not as in PatientAdmin. */
const demographics: Schema = object({
  ...each(text, 'FirstName', 'MiddleName', 'LastName', 'SSN', 'Sex', 'Language', 'Race', 'Ethnicity', 'Religion'),
  MaritalStatus: text,
  DOB: date,
  Address: addressWithUse,
  PhoneNumber: object(each(phone, 'Home', 'Mobile')),
  EmailAddresses: list(object({ Address: text })),
  ...each(list(code), 'RaceCodes', 'EthnicGroupCodes'),
  IsDeceased: yesOrNo,
  DeathDateTime: time,
});

/** LOINC's codes for the documents that a Carequality responder sends: episode note, progress note, discharge summary. */
const typeCode = object(
  {
    Code: { enum: ['34133-9', '11506-3', '18842-5'] },
    CodeSystem: { const: '2.16.840.1.113883.6.1' },
    CodeSystemName: { const: 'LOINC' },
    Name: text,
  },
  ['Code', 'CodeSystem', 'CodeSystemName'],
);

const document: Schema = object(
  {
    VersionNumber: { type: 'string', format: 'version' },
    ...each(text, 'ID', 'SetID', 'Title', 'Type', 'Locale'),
    DateTime: time,
    TypeCode: typeCode,
    Confidentiality: code,
    RelatesTo: list(object(each(text, 'Code', 'ID', 'SetID', 'VersionNumber'))),
    Author: object({ ...providerFields, Type: text }),
    Custodian: organization,
    Visit: object({
      ...each(text, 'VisitNumber', 'Reason'),
      ...each(time, 'StartDateTime', 'EndDateTime'),
      Type: codePlus,
      Location: location,
      DischargeDisposition: codePlus,
    }),
  },
  ['ID', 'SetID', 'VersionNumber', 'Type', 'TypeCode'],
);

/** Clinical Summary.VisitPush. */
export const visitPush: Schema = {
  $defs: shapes,
  ...object(
    {
      Meta: meta('Clinical Summary', 'VisitPush'),
      Header: object(
        {
          ...each(text, 'DirectAddressFrom', 'DirectAddressTo'),
          Document: document,
          Patient: object(
            {
              Identifiers: list(patientIdentifier),
              Demographics: demographics,
              Organization: organization,
            },
            ['Identifiers'],
          ),
          PCP: object({ ...providerFields, Type: text }),
        },
        ['Document', 'Patient'],
      ),
      ...clinicalSections,
    },
    ['Meta', 'Header'],
  ),
};
