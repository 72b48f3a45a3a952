import type { JsonObject } from '../../../src/json.ts';
import { destinationId, directoryId, documentOid, organizationOid, patientOid } from './stand-in-client.ts';

/** Good messages, written by hand from Redox's field lists. */

const metaOf = (dataModel: string, eventType: string, destination = destinationId): JsonObject => ({
  DataModel: dataModel,
  EventType: eventType,
  EventDateTime: '2024-03-01T08:15:00.000Z',
  Test: true,
  Destinations: [{ ID: destination }],
});

const demographics: JsonObject = {
  FirstName: 'Timothy',
  MiddleName: 'Paul',
  LastName: 'Bixby',
  DOB: '2008-01-06',
  SSN: '101-01-0001',
  Sex: 'Male',
  Race: 'White',
  IsHispanic: null,
  Religion: 'None',
  MaritalStatus: 'Married',
  IsDeceased: false,
  DeathDateTime: null,
  PhoneNumber: { Home: '+18088675301', Office: null, Mobile: '+16085551234' },
  EmailAddresses: ['timothy@example.org'],
  Language: 'en',
  Citizenship: ['US'],
  Address: {
    StreetAddress: '4762 Hickory Street',
    City: 'Monroe',
    State: 'WI',
    ZIP: '53566',
    County: 'Green',
    Country: 'US',
  },
};

const contact: JsonObject = {
  FirstName: 'Barbara',
  LastName: 'Bixby',
  Address: { City: 'Monroe', Country: 'USA' },
  PhoneNumber: { Home: '+18088675303' },
  RelationToPatient: 'Mother',
  EmailAddresses: ['barb@example.org'],
  Roles: ['Emergency Contact'],
};

const address: JsonObject = { StreetAddress: '1 Main St', City: 'Madison', State: 'WI', ZIP: '53703', Country: 'US' };

const insurance: JsonObject = {
  Plan: { ID: '31572', IDType: 'Payor ID', Name: 'HMO Deductable Plan', Type: null },
  MemberNumber: '52039583',
  Company: { ID: '60054', IDType: null, Name: 'aetna (60054 0131)', Address: address, PhoneNumber: '+18089541123' },
  GroupNumber: '847025-024-0009',
  EffectiveDate: '2015-01-01',
  ExpirationDate: '2020-12-31',
  AgreementType: 'Standard',
  CoverageType: 'Patient',
  Insured: { Identifiers: [], LastName: 'Bixby', Relationship: 'Self', DOB: '2008-01-06', Sex: 'Male', Address: {} },
};

export const newPatient = (id = 'P1'): JsonObject => ({
  Meta: metaOf('PatientAdmin', 'NewPatient'),
  Patient: {
    Identifiers: [
      { ID: id, IDType: patientOid },
      { ID: 'e167267c', IDType: 'EHRID' },
    ],
    Demographics: demographics,
    Notes: [],
    Contacts: [contact],
    Allergies: [
      {
        Code: '7982',
        Codeset: 'RxNorm',
        Name: 'Penicillin',
        Type: { Code: null, Codeset: null, Name: null },
        OnsetDateTime: '2019-05-01T00:00:00.000Z',
        Reaction: [{ Code: '28926001', Codeset: 'SNOMED', Name: 'Rash' }],
        Severity: {},
        Status: 'Active',
      },
    ],
    PCP: { NPI: '4356789876', ID: '4356789876', IDType: 'NPI', LastName: 'Granite', Credentials: ['MD'], Location: {} },
    Guarantor: { FirstName: 'Kent', DOB: '1970-02-28', Sex: 'Unknown', RelationToPatient: 'Father', Employer: {} },
    Insurances: [insurance],
  },
});

export const patientUpdate = (id = 'P1'): JsonObject => ({
  Meta: metaOf('PatientAdmin', 'PatientUpdate'),
  Patient: {
    Identifiers: [{ ID: id, IDType: patientOid }],
    Demographics: { ...demographics, LastName: 'Bixby-Jones' },
    Diagnoses: [
      {
        Code: 'I10',
        Codeset: 'ICD-10',
        Name: 'Hypertension',
        Type: 'Final',
        DocumentedDateTime: '2024-01-02T03:04:05.678Z',
      },
    ],
  },
});

export const patientMerge = (retired: string, survivor: string): JsonObject => ({
  Meta: metaOf('PatientAdmin', 'PatientMerge'),
  Patient: {
    Identifiers: [{ ID: survivor, IDType: patientOid }],
    PreviousIdentifiers: [{ ID: retired, IDType: patientOid }],
  },
});

export const visitPush = (id = 'V1', patientId = 'P1'): JsonObject => ({
  Meta: metaOf('Clinical Summary', 'VisitPush'),
  Header: {
    Document: {
      ID: `${documentOid}^${id}`,
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
      Confidentiality: { Code: 'N', CodeSystem: '2.16.840.1.113883.5.25', CodeSystemName: null, Name: 'Normal' },
      VersionNumber: '1',
      Author: { ID: '4356789876', IDType: 'NPI', LastName: 'Granite', Credentials: ['MD'] },
      Visit: {
        VisitNumber: id,
        StartDateTime: '2024-02-29T09:30:00.000Z',
        EndDateTime: '2024-02-29T10:00:00.000Z',
        Location: { Type: 'Outpatient', Facility: 'Monroe Clinic', FacilityIdentifiers: [{ ID: 'F1', IDType: null }] },
      },
    },
    Patient: {
      Identifiers: [{ ID: patientId, IDType: patientOid }],
      Demographics: {
        FirstName: 'Timothy',
        LastName: 'Bixby',
        DOB: '2008-01-06',
        Sex: 'Male',
        Ethnicity: 'Not Hispanic or Latino',
        EmailAddresses: [{ Address: 'timothy@example.org' }],
        PhoneNumber: { Home: '+18088675301' },
      },
    },
  },
});

export const organizationNew = (): JsonObject => ({
  Meta: metaOf('Organization', 'New', directoryId),
  Directory: 'Carequality',
  Action: 'Create',
  Organizations: [
    {
      Active: true,
      Name: 'Monroe Clinic',
      Aliases: ['Monroe'],
      Identifiers: [{ ID: organizationOid, IDType: 'OID' }],
      Type: { System: 'http://hl7.org/fhir/organization-type', Value: 'Implementer' },
      PartOf: {
        Identifier: {
          Type: 'HCID',
          System: 'http://www.hl7.org/oid/',
          Value: '2.16.840.1.113883.3.6147.458.2',
        },
      },
      DestinationID: null,
      Contacts: [
        {
          Purpose: 'Technical',
          Name: 'Ann Operator',
          EmailAddresses: ['ann@example.org'],
          PhoneNumber: { Work: '+16085550000' },
        },
      ],
      Address: { ...address, County: 'Dane' },
      Endpoints: [],
    },
  ],
});

export const organizationUpdate = (): JsonObject => ({
  ...organizationNew(),
  Meta: metaOf('Organization', 'Update', directoryId),
  Action: 'Update',
});
