import { describe, expect, test } from 'vitest';
import type { IdentifierRow, PatientDetails } from '../../../../src/contract/patient-details.ts';
import { comparable } from '../../../../src/message/fingerprint/fingerprint.ts';
import { buildNewPatient, buildPatientUpdate } from '../../../../src/message/patient.ts';
import { openPreflight } from '../../../../src/redox/preflight.ts';
import { context, fullPatient } from '../rows.ts';
import { fullSections } from '../section-rows.ts';

const preflight = openPreflight({ ...context, sizeLimitBytes: 10_000_000 });
const identifier = (id: string, type: string | null): IdentifierRow => ({ patient_id: '1042', id, type });

const build = (details: PatientDetails, settings = context): ReturnType<typeof buildNewPatient> => {
  const built = buildPatientUpdate(fullPatient, settings, undefined, details);
  expect(preflight('PatientUpdate', built.message)).toBeNull();
  return built;
};
const newFindings = (built: ReturnType<typeof build>): readonly unknown[] =>
  built.findings.slice(buildPatientUpdate(fullPatient, context).findings.length);

const mrn = { ID: 'MRN 1042/Ä', IDType: context.patientOid };

describe('further identifiers of a patient', () => {
  test('follow the MRN, each once and in one order', () => {
    const rows = [identifier(' 7', 'EHRID'), identifier('D-1', 'DL'), identifier(' 7', 'EHRID')];
    const expected = [mrn, { ID: ' 7', IDType: 'EHRID' }, { ID: 'D-1', IDType: 'DL' }];
    const built = build({ identifiers: rows });
    expect(built.message).toMatchObject({ Patient: { Identifiers: expected } });
    expect(newFindings(built)).toEqual([]);
    expect(build({ identifiers: rows.toReversed() })).toEqual(built);
    expect(comparable(built.message)).not.toBe(comparable(build({}).message));
  });

  test.each([
    ['without a type', null],
    ["of the patients' own type", context.patientOid],
    ["of the patients' own type as a URN", `urn:oid:${context.patientOid}`],
  ])('%s are left out, and reported', (_, type) => {
    const built = build({ identifiers: [identifier('7', type)] });
    expect(built.message).toMatchObject({ Patient: { Identifiers: [mrn] } });
    expect(newFindings(built)).toEqual([{ column: 'identifiers.type', problem: 'malformed' }]);
  });

  test('include a social security number only where SEND_SSN lets one out', () => {
    const identifiers = [identifier('101-01-0001', 'SS')];
    expect(build({ identifiers }).message).toMatchObject({ Patient: { Identifiers: [mrn, { IDType: 'SS' }] } });
    const never = build({ identifiers }, { ...context, sendSsn: 'never' });
    expect(never.message).toMatchObject({ Patient: { Identifiers: [mrn] } });
  });
});

test('the primary care clinician and the insurances of a patient stand in NewPatient', () => {
  const { care_team, insurances } = fullSections;
  const built = buildNewPatient(fullPatient, context, undefined, { care_team, insurances });
  expect(preflight('NewPatient', built.message)).toBeNull();
  expect(built.message).toMatchObject({
    Patient: {
      PCP: { NPI: '1234567893', ID: '1234567893', IDType: 'NPI', LastName: 'Granite', Credentials: ['MD', 'PhD'] },
      Insurances: [{ Plan: { ID: 'P1' }, Company: { Name: 'aetna' }, GroupName: 'Accelero Inc.' }],
    },
  });
  expect(built.findings).toContainEqual({ column: 'summary/insurances.coverage_type', problem: 'unmapped' });
});

test('a patient without details is sent as before', () => {
  expect(build({})).toEqual(buildPatientUpdate(fullPatient, context));
});
