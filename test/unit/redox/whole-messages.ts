import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { EventName } from '../../../src/redox/schema/messages.ts';
import type { QueryName } from '../../../src/redox/schema/queries.ts';
import { narrativeOf, narrativesAlone, sections } from '../../integration/redox/stand-in-sections.ts';

/** Every message with every field, written by hand from Redox's field lists and not from our schema. */

const id: JsonObject = { ID: 'e167267c', IDType: 'EHRID' };
const names: JsonObject = { FirstName: 'Timothy', MiddleName: 'Paul', LastName: 'Bixby' };
const code: JsonObject = { Code: 'N', CodeSystem: '2.16.840.1.113883.5.25', CodeSystemName: 'HL7', Name: 'Normal' };
const codePlus: JsonObject = { ...code, AltCodes: [code] };
const codeset: JsonObject = { Code: '7982', Codeset: 'RxNorm', Name: 'Penicillin' };
const address: JsonObject = {
  StreetAddress: '4762 Hickory Street',
  City: 'Monroe',
  State: 'WI',
  ZIP: '53566',
  County: 'Green',
  Country: 'US',
};
const phone = '+16085551234';

const metaOf = (dataModel: string, eventType: string): JsonObject => ({
  DataModel: dataModel,
  EventType: eventType,
  EventDateTime: '2024-03-01T08:15:00.000Z',
  Test: true,
  Source: { ID: '7ce6f387-c33c-417d-8682-81e83628cbd9', Name: 'Redox Dev Tools' },
  Destinations: [{ ID: 'af394f14-b34a-464f-8d24-895f370af4c9', Name: 'Redox EMR' }],
  FacilityCode: '2.16.840.1.113883.3.6147.458.77777',
  Message: { ID: 5565 },
  Transmission: { ID: 12414 },
  Extensions: {},
});

const location: JsonObject = {
  Type: 'Inpatient',
  Facility: 'RES General Hospital',
  FacilityIdentifiers: [id],
  Department: '3N',
  DepartmentIdentifiers: [id],
  Room: '136',
};

const clinician: JsonObject = {
  ID: '4356789876',
  IDType: 'NPI',
  FirstName: 'Pat',
  LastName: 'Granite',
  Credentials: ['MD'],
  Address: address,
  EmailAddresses: ['pat@example.org'],
  PhoneNumber: { Office: phone },
  Location: location,
};

const organization: JsonObject = {
  Identifiers: [id],
  Name: 'Monroe Clinic',
  Type: codePlus,
  Address: { ...address, Use: 'WP' },
  Telecom: [{ System: 'email', Use: 'WP', Value: 'clinic@example.org' }],
};

const person: JsonObject = {
  ...names,
  DOB: '2008-01-06',
  SSN: '101-01-0001',
  Sex: 'Male',
  Race: 'White',
  Religion: 'None',
  MaritalStatus: 'Single',
  IsDeceased: true,
  DeathDateTime: '2024-02-29',
  Language: 'en',
};

const patientAdmin: JsonObject = {
  ...person,
  IsHispanic: false,
  PhoneNumber: { Home: phone, Office: phone, Mobile: phone },
  EmailAddresses: ['timothy@example.org'],
  Citizenship: ['US'],
  Address: address,
};

const patient: JsonObject = {
  Identifiers: [id],
  Demographics: patientAdmin,
  Notes: ['As told'],
  Contacts: [
    {
      ...names,
      Address: address,
      PhoneNumber: { Home: phone, Office: phone, Mobile: phone },
      RelationToPatient: 'Mother',
      EmailAddresses: ['barb@example.org'],
      Roles: ['Emergency Contact'],
    },
  ],
  Allergies: [
    {
      ...codeset,
      Type: codeset,
      OnsetDateTime: '2019-05-01T00:00:00.000Z',
      Reaction: [codeset],
      Severity: codeset,
      Status: 'Active',
    },
  ],
  PCP: { ...clinician, NPI: '4356789876' },
  Guarantor: {
    ...names,
    Number: '10001910',
    SSN: '101-01-0001',
    DOB: '1970-02-28',
    Sex: 'Male',
    Spouse: { FirstName: 'Barbara', LastName: 'Bixby' },
    Address: address,
    PhoneNumber: { Home: phone, Business: phone, Mobile: phone },
    EmailAddresses: ['kent@example.org'],
    Type: 'P/F',
    RelationToPatient: 'Father',
    Employer: { Name: 'Accelerator Labs', Address: address, PhoneNumber: phone },
  },
  Insurances: withoutUse(sections['Insurances'] ?? []),
};

const document: JsonObject = {
  ID: '2.16.840.1.113883.3.6147.458.77777.1.1.3.1^V1',
  Title: 'Progress note',
  DateTime: '2024-02-29T10:00:00.000Z',
  Type: '11506-3',
  TypeCode: {
    Code: '11506-3',
    CodeSystem: '2.16.840.1.113883.6.1',
    CodeSystemName: 'LOINC',
    Name: 'Progress note',
  },
  Locale: 'US',
  Confidentiality: code,
  SetID: '2.16.840.1.113883.3.6147.458.77777.1.1.3.1^V1',
  VersionNumber: '2',
  RelatesTo: [{ Code: 'RPLC', ID: 'V1', SetID: 'V1', VersionNumber: '1' }],
  Author: { ...clinician, Type: 'Physician' },
  Custodian: organization,
  Visit: {
    VisitNumber: 'V1',
    StartDateTime: '2024-02-29T09:30:00.000Z',
    EndDateTime: '2024-02-29T10:00:00.000Z',
    Reason: 'Check-up',
    Type: codePlus,
    Location: location,
    DischargeDisposition: codePlus,
  },
};

const header: JsonObject = {
  DirectAddressFrom: 'a@direct.example.org',
  DirectAddressTo: 'b@direct.example.org',
  Document: document,
  Patient: {
    Identifiers: [{ ...id, Type: 'MR' }],
    Demographics: {
      ...person,
      Address: { ...address, Use: 'HP' },
      PhoneNumber: { Home: phone, Mobile: phone },
      EmailAddresses: [{ Address: 'timothy@example.org' }],
      RaceCodes: [code],
      Ethnicity: 'Not Hispanic or Latino',
      EthnicGroupCodes: [code],
    },
    Organization: organization,
  },
  PCP: { ...clinician, Type: 'Physician' },
};

const systemValue: JsonObject = { System: 'http://www.hl7.org/', Value: 'x' };
const identifier: JsonObject = { Type: 'HCID', System: 'http://www.hl7.org/oid/', Value: '2.16.840.1.113883.3.6147' };

const directoryEntry: JsonObject = {
  Active: true,
  Name: 'Monroe Clinic',
  Aliases: ['Monroe'],
  Identifiers: [id],
  Type: systemValue,
  PartOf: { Identifier: identifier },
  DestinationID: 'af394f14-b34a-464f-8d24-895f370af4c9',
  Contacts: [
    {
      Purpose: 'Technical',
      Name: 'Ann Operator',
      EmailAddresses: ['ann@example.org'],
      PhoneNumber: { Home: phone, Mobile: phone, Work: phone },
    },
  ],
  Address: address,
  Endpoints: [
    {
      Identifiers: [identifier],
      ConnectionType: systemValue,
      Name: 'Query',
      Address: 'https://example.org',
      MIMEType: 'application/xml',
      Attributes: {
        Transaction: 'ITI-38',
        Actor: systemValue,
        Version: systemValue,
        UseCases: [systemValue],
        PurposeOfUse: [systemValue],
        Roles: [systemValue],
      },
    },
  ],
};

const organizationMessage = (eventType: string, action: string): JsonObject => ({
  Meta: metaOf('Organization', eventType),
  Directory: 'Carequality',
  Action: action,
  Organizations: [directoryEntry],
});

const narratives = Object.keys(sections)
  .filter((key) => key !== 'NoteSections')
  .map((key) => narrativeOf[key] ?? `${key}Text`);

export const wholeMessages: Readonly<Record<EventName, JsonObject>> = {
  'PatientAdmin:NewPatient': { Meta: metaOf('PatientAdmin', 'NewPatient'), Patient: patient },
  'PatientAdmin:PatientUpdate': {
    Meta: metaOf('PatientAdmin', 'PatientUpdate'),
    Patient: {
      ...patient,
      Diagnoses: [
        { Code: 'I10', Codeset: 'ICD-10', Name: 'Hypertension', Type: 'Final', DocumentedDateTime: '2024-01-02' },
      ],
    },
  },
  'PatientAdmin:PatientMerge': {
    Meta: metaOf('PatientAdmin', 'PatientMerge'),
    Patient: { Identifiers: [id], PreviousIdentifiers: [id], Demographics: patientAdmin, Notes: ['As told'] },
  },
  'Clinical Summary:VisitPush': {
    Meta: metaOf('Clinical Summary', 'VisitPush'),
    Header: header,
    ...sections,
    ...Object.fromEntries([...narratives, ...narrativesAlone].map((key) => [key, 'As told'])),
  },
  'Organization:New': organizationMessage('New', 'Create'),
  'Organization:Update': organizationMessage('Update', 'Update'),
};

export const wholeQueries: Readonly<Record<QueryName, JsonObject>> = {
  'PatientSearch:Query': {
    Meta: metaOf('PatientSearch', 'Query'),
    Patient: { Identifiers: [id], Demographics: patientAdmin, Notes: ['As told'] },
  },
  'PatientSearch:LocationQuery': { Meta: metaOf('PatientSearch', 'LocationQuery'), Patient: { Identifiers: [id] } },
  'Clinical Summary:DocumentQuery': {
    Meta: metaOf('Clinical Summary', 'DocumentQuery'),
    Patient: { Identifiers: [id] },
    Location: { Department: '3N' },
    Visit: { ID: '1222335', StartDateTime: '2024-02-29T09:30:00.000Z', EndDateTime: '2024-02-29T10:00:00.000Z' },
    Document: {
      StartDate: '2024-02-29',
      EndDate: '2024-03-01',
      Types: [{ Code: '34133-9', Codeset: 'LOINC', Name: 'Continuity of Care Document' }],
    },
  },
  'Clinical Summary:DocumentGet': {
    Meta: metaOf('Clinical Summary', 'DocumentGet'),
    Document: { ID: '2.16.840.1.113883.3.6147^1234' },
  },
  'Organization:Query': {
    Meta: metaOf('Organization', 'Query'),
    Directory: 'Carequality',
    Identifier: id,
    NameSearch: { SearchType: 'contains', Value: 'Monroe' },
    RadiusSearch: { ZipCode: '53566', Radius: '10' },
    State: 'WI',
    LastUpdated: 'ge2024-01-01',
    Index: '0',
    Limit: '20',
  },
};

/** The addresses of an insurance have no `Use` in PatientAdmin. */
function withoutUse(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'Use' ? undefined : item))) as JsonValue;
}
