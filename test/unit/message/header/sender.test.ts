import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOrganizationFile } from '../../../../src/config/file/organization-file.ts';
import { builderOf } from '../../../../src/message/builder-version.ts';
import type { MessageContext } from '../../../../src/message/context.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import { comparable } from '../../../../src/message/fingerprint/fingerprint.ts';
import { buildNewPatient, buildPatientMerge } from '../../../../src/message/patient.ts';
import { packageRoot } from '../../../../src/package-root.ts';
import type { JsonObject } from '../../../../src/json.ts';
import { openPreflight } from '../../../../src/redox/preflight.ts';
import { context, fullPatient, outpatientVisit, push } from '../rows.ts';

const sender = readOrganizationFile(join(packageRoot, 'jobs/organization.example.json'), context.organizationOid);
const preflight = openPreflight({ ...context, sizeLimitBytes: 10_000_000 });
const identifiers = [{ ID: context.organizationOid, IDType: 'OID' }];

const visit = (changes: Partial<MessageContext> = {}): JsonObject =>
  buildVisitPush(outpatientVisit, fullPatient, push, { ...context, ...changes }).message;
const patient = (changes: Partial<MessageContext> = {}): JsonObject =>
  buildNewPatient(fullPatient, { ...context, ...changes }).message;

describe('the sender of a document', () => {
  const organization = {
    Identifiers: identifiers,
    Name: 'Monroe Clinic',
    Address: {
      StreetAddress: '1200 Main Street',
      City: 'Madison',
      State: 'WI',
      ZIP: '53703',
      County: 'Dane',
      Country: 'US',
    },
    Telecom: [
      { System: 'phone', Use: 'WP', Value: '+16085551200' },
      { System: 'email', Use: 'WP', Value: 'records@monroe.example.org' },
    ],
  };

  test('has name, address, and phone and e-mail of the first contact that is not technical', () => {
    const message = visit({ sender });
    expect(message).toMatchObject({
      Header: { Document: { Custodian: organization }, Patient: { Organization: organization } },
    });
    expect(preflight('VisitPush', message)).toBeNull();
  });

  test('is its OID alone where nothing describes it', () => {
    expect(visit()).toMatchObject({ Header: { Document: { Custodian: { Identifiers: identifiers } } } });
    expect(visit()).not.toHaveProperty('Header.Document.Custodian.Name');
  });

  test('has no phone where all contacts are technical', () => {
    const technical = { ...sender, contacts: sender.contacts.filter(({ purpose }) => purpose === 'Technical') };
    expect(visit({ sender: technical })).not.toHaveProperty('Header.Document.Custodian.Telecom');
  });

  test('sends no document again when its phone changes', () => {
    const renamed = { ...sender, name: 'Elm Clinic', contacts: [] };
    expect(comparable(visit({ sender: renamed }))).toBe(comparable(visit({ sender })));
    expect(comparable(visit({ sender }))).toBe(comparable(visit()));
  });
});

const ssn = '999-17-5017';

describe('a social security number', () => {
  test.each([
    ['patients', ssn, undefined],
    ['everywhere', ssn, ssn],
    ['never', undefined, undefined],
  ] as const)('under SEND_SSN=%s is %s in a patient’s message and %s in a document', (sendSsn, inPatient, inVisit) => {
    expect(patient({ sendSsn })).toHaveProperty('Patient.Demographics.FirstName');
    const { Patient } = patient({ sendSsn }) as { Patient: { Demographics: { SSN?: string } } };
    const { Header } = visit({ sendSsn }) as { Header: { Patient: { Demographics: { SSN?: string } } } };
    expect([Patient.Demographics.SSN, Header.Patient.Demographics.SSN]).toEqual([inPatient, inVisit]);
  });

  test('is part of a document’s fingerprint by being there, not by its digits', () => {
    const everywhere = visit({ sendSsn: 'everywhere' });
    expect(comparable(everywhere)).not.toBe(comparable(visit()));
    const corrected = buildVisitPush(outpatientVisit, { ...fullPatient, ssn: '999175018', last_name: 'Nobody' }, push, {
      ...context,
      sendSsn: 'everywhere',
    });
    expect(comparable(corrected.message)).toBe(comparable(everywhere));
  });
});

describe('the network', () => {
  const network = {
    name: 'tefca-commonwell',
    organizationName: 'Monroe Clinic',
    userId: 'Doolittle, John',
    userRole: { code: '112247003', name: 'Medical Doctor' },
  } as const;

  test('of TEFCA and CommonWell is told who answers for a patient’s message', () => {
    const extensions = {
      'organization-name': { string: 'Monroe Clinic' },
      'sender-organization-id': { string: context.organizationOid },
      'user-id': { string: 'Doolittle, John' },
      'user-role': { coding: { code: '112247003', display: 'Medical Doctor' } },
      'purpose-of-use': { coding: { code: 'TREATMENT', display: 'Treatment' } },
    };
    expect(patient({ network })).toMatchObject({ Meta: { Extensions: extensions } });
    expect(buildPatientMerge(fullPatient, ['2'], { ...context, network }).message).toMatchObject({
      Meta: { Extensions: extensions },
    });
    expect(preflight('NewPatient', patient({ network }))).toBeNull();
  });

  test('gets no such thing in documents, nor on Carequality', () => {
    expect(visit({ network })).not.toHaveProperty('Meta.Extensions');
    expect(patient()).not.toHaveProperty('Meta.Extensions');
  });

  test('makes a patient’s message news, and another user does not', () => {
    expect(comparable(patient({ network }))).not.toBe(comparable(patient()));
    const other = { ...network, userId: 'Roe, Richard' };
    expect(comparable(patient({ network: other }))).toBe(comparable(patient({ network })));
  });
});

test('what the ledger stores of the message builder differs under every setting that changes messages', () => {
  const stored = (['patients', 'everywhere', 'never'] as const).flatMap((sendSsn) =>
    (['five', 'as-given'] as const).flatMap((zipFormat) =>
      (['code', 'name'] as const).map((documentType) => builderOf({ ...context, sendSsn, zipFormat, documentType })),
    ),
  );
  expect(new Set(stored).size).toBe(12);
  expect(builderOf(context) % 10_000).toBe(0);
});
