import { describe, expect, test } from 'vitest';
import type { EncounterRow, PatientRow } from '../../../../src/contract/contract.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import { comparable } from '../../../../src/message/fingerprint/fingerprint.ts';
import { buildNewPatient, buildPatientMerge } from '../../../../src/message/patient.ts';
import { openPreflight } from '../../../../src/redox/preflight.ts';
import { context, fullPatient, outpatientVisit, push } from '../rows.ts';

const preflight = openPreflight({ ...context, sizeLimitBytes: 10_000_000 });
const visitWith = (values: Partial<EncounterRow>): ReturnType<typeof buildVisitPush> =>
  buildVisitPush({ ...outpatientVisit, ...values }, fullPatient, push, context);
const patientWith = (values: Partial<PatientRow>): ReturnType<typeof buildNewPatient> =>
  buildNewPatient({ ...fullPatient, ...values }, context);

const elmStreet = { StreetAddress: '12 Elm St', City: 'Madison', State: 'WI', ZIP: '53703', Country: 'US' };

describe('the clinician of a visit', () => {
  const { message, findings } = visitWith({
    provider_credentials: 'MD, PhD',
    provider_specialty_code: '59058001',
    provider_specialty_code_system: 'SNOMED CT',
    provider_specialty_name: 'General physician',
    provider_phone: '(608) 555-1234',
    provider_email: 'grace@example.org',
    provider_street_address: '12  Elm St.',
    provider_city: 'Madison',
    provider_state: 'Wisconsin',
    provider_zip: '53703-1234',
    provider_county: 'Dane',
    provider_country: 'USA',
  });
  const clinician = {
    ID: '1234567893',
    Credentials: ['MD', 'PhD'],
    Address: { ...elmStreet, County: 'Dane' },
    EmailAddresses: ['grace@example.org'],
    PhoneNumber: { Office: '+16085551234' },
  };

  test('is named with all that a reader needs to call, and is the author', () => {
    expect(message).toMatchObject({
      Header: { Document: { Author: clinician } },
      Encounters: [
        { Providers: [{ ...clinician, NPI: '1234567893', Role: { Code: '59058001', Name: 'General physician' } }] },
      ],
    });
    expect(findings).toEqual([]);
    expect(preflight('VisitPush', message)).toBeNull();
  });
});

describe('the place of a visit', () => {
  test('is named with its address, phone, kind and room', () => {
    const { message, findings } = visitWith({
      facility_npi: '1234567893',
      facility_type_code: '1160-1',
      facility_type_code_system: 'HSLOC',
      facility_type_name: 'Urgent Care Center',
      facility_phone: '608-555-1234',
      facility_street_address: '12 Elm St',
      facility_city: 'Madison',
      facility_state: 'WI',
      facility_zip: '53703',
      facility_country: 'US',
      room: '136',
    });
    const identifiers = [
      { ID: ' F 1', IDType: 'FI' },
      { ID: '1234567893', IDType: 'NPI' },
    ];
    expect(message).toMatchObject({
      Header: {
        Document: {
          Visit: { Location: { Type: 'Urgent Care Center', Room: '136', FacilityIdentifiers: identifiers } },
        },
      },
      Encounters: [
        {
          Locations: [
            {
              Type: { Code: '1160-1', CodeSystem: '2.16.840.1.113883.6.259' },
              Address: elmStreet,
              Identifiers: identifiers,
              Telecom: [{ System: 'phone', Use: 'WP', Value: '+16085551234' }],
            },
          ],
        },
      ],
    });
    expect(findings).toEqual([]);
    expect(preflight('VisitPush', message)).toBeNull();
  });
});

describe('the confidentiality of a document', () => {
  test.each([
    ['R', 'R', 'restricted'],
    ['very restricted', 'V', 'very restricted'],
    ['n', 'N', 'normal'],
  ])('given as %s is sent as %s', (confidentiality, code, name) => {
    expect(visitWith({ confidentiality }).message).toMatchObject({
      Header: { Document: { Confidentiality: { Code: code, CodeSystem: '2.16.840.1.113883.5.25', Name: name } } },
    });
  });

  test('is left out where not given, and with a finding where not understood', () => {
    expect(visitWith({}).message).not.toHaveProperty('Header.Document.Confidentiality');
    const { message, findings } = visitWith({ confidentiality: 'secret' });
    expect(message).not.toHaveProperty('Header.Document.Confidentiality');
    expect(findings).toEqual([{ column: 'confidentiality', problem: 'unmapped' }]);
  });
});

describe('the contact of a patient', () => {
  const contact = {
    contact_first_name: 'Barbara',
    contact_last_name: 'Bixby',
    contact_relation: 'mother',
    contact_role: 'Emergency Contact',
    contact_home_phone: '808-867-5303',
    contact_email: 'barbara@example.org',
    contact_street_address: '12 Elm St',
    contact_city: 'Madison',
    contact_state: 'WI',
    contact_zip: '53703',
    contact_country: 'US',
  };

  test("is part of the patient's own messages, and of no document", () => {
    const { message, findings } = patientWith(contact);
    expect(message).toMatchObject({
      Patient: {
        Contacts: [
          {
            FirstName: 'Barbara',
            LastName: 'Bixby',
            Address: elmStreet,
            PhoneNumber: { Home: '+18088675303' },
            RelationToPatient: 'Mother',
            EmailAddresses: ['barbara@example.org'],
            Roles: ['Emergency Contact'],
          },
        ],
      },
    });
    expect(findings.filter(({ column }) => column.startsWith('contact_'))).toEqual([]);
    expect(preflight('NewPatient', message)).toBeNull();
    const document = buildVisitPush(outpatientVisit, { ...fullPatient, ...contact }, push, context).message;
    expect(JSON.stringify(document)).not.toContain('Barbara');
    expect(buildPatientMerge({ ...fullPatient, ...contact }, ['2'], context).message).not.toHaveProperty(
      'Patient.Contacts',
    );
  });

  test('is left out without a name', () => {
    const nameless = { ...contact, contact_first_name: null, contact_last_name: null };
    expect(patientWith(nameless).message).not.toHaveProperty('Patient.Contacts');
  });
});

test('a suffix and a former name have no place at Redox, so they change no message', () => {
  const { message } = patientWith({ suffix: 'Jr', former_last_name: 'Olsen' });
  expect(comparable(message)).toBe(comparable(patientWith({}).message));
});
