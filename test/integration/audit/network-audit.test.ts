import { describe, expect, it } from 'vitest';
import { matchKeysOf } from '../../../src/decide/audit/same-patient.ts';
import type { QueryAnswers } from '../../../src/sandbox/redox/queries/query-answers.ts';
import { commandLine } from '../../command-line.ts';
import { organizationOid } from '../redox/stand-in-client.ts';
import type { NightResult } from '../support/night.ts';
import { AuditSite, wrongIn } from './audit-site.ts';

/** `audit --via carequality`: the same questions as another participant asks them. */

const networkUser = {
  organizationName: 'Monroe Clinic',
  userId: 'Doolittle, John',
  userRole: { code: '112247003', name: 'Medical Doctor' },
};
const network = { networkUser, pollMs: 1 };

/** Patients whom the network cannot find, because the EHR lacks a first name, a last name, a birth date or a ZIP. */
function keyless(audit: AuditSite): number {
  const live = [...audit.night.standIn.state().patients.values()].filter(({ mergedInto }) => mergedInto === null);
  return live.filter(({ record }) => matchKeysOf(record) === null).length;
}

/** Everybody else is found, with all documents. */
function expectAllFound({ summary, exitCode }: NightResult, site: AuditSite): void {
  const { audit } = summary;
  expect([audit?.wrong, audit?.unanswered, audit?.unexpected_documents, exitCode]).toEqual([0, keyless(site), 0, 0]);
  expect(audit?.patients.found).toBeGreaterThan(40);
  expect(audit?.documents.found).toBe(site.night.standIn.state().documents.size);
}

describe('an audit through the network', () => {
  it('finds every patient and document, by five queries a patient', async () => {
    const audit = await AuditSite.open();
    const run = await audit.night.audit({ ...network, hasContent: true });
    expectAllFound(run, audit);
    const { documents } = audit.night.standIn.state();
    // One of the organisation, one for the network's id, two looks at the record locator, one list; and each document.
    expect(run.summary.audit?.queries).toBe(5 * (await audit.patients()) - 4 * keyless(audit) + documents.size);
    expect(run.summary.audit?.matched_by).toMatchObject({ id: documents.size });
  });

  it.each<[string, QueryAnswers]>([
    ['finishes at once, without a task status', { taskStatus: 'left_out' }],
    ['takes long', { locatorPolls: 4 }],
    ['names the patient OID', { networkIds: 'patient_oid' }],
    ['matches partially', { matching: 'partial' }],
    ['puts its refusals into a 200', { refusals: 'meta_errors', noDocuments: 'not_found' }],
    ['gives documents ids of its own', { documentIds: 'own', eventType: 'documented' }],
  ])('finds all where the network %s', async (_title, answers) => {
    const audit = await AuditSite.open();
    audit.answersAs(answers);
    expectAllFound(await audit.night.audit(network), audit);
  });

  it('says what is missing, differs or cannot be found', async () => {
    const audit = await AuditSite.open();
    const [gone, differing, other] = await audit.site.somePatients();
    await audit.forgetPatient(gone);
    await audit.alterPatient(differing, 'Demographics.Sex', 'Unknown');
    const [visit] = await audit.site.visitsOf(other);
    audit.forgetDocument(visit);
    const wrong = wrongIn(await audit.night.audit(network));
    expect(wrong).toEqual(expect.arrayContaining([`missing patient ${gone}`, `missing encounter ${visit}`]));
    expect(wrong).toContain(`differs patient ${differing} birth_and_sex`);
  });

  it('leaves unanswered what the record locator does not finish', async () => {
    const audit = await AuditSite.open();
    audit.answersAs({ taskStatus: 'error' });
    const run = await audit.night.audit(network);
    expect(run.summary.audit?.unanswered).toBe(await audit.patients());
    expect(run.summary.audit?.wrong).toBe(0);
  });

  it('is refused where the network leaves out the own organisation', async () => {
    const audit = await AuditSite.open();
    audit.answersAs({ ownOrganization: 'excluded' });
    await expect(audit.night.audit(network)).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('none of the first') as string,
    });
  });

  it('is refused where a field of Meta is missing', async () => {
    const audit = await AuditSite.open();
    const nameless = { ...network, networkUser: { ...networkUser, userId: '' } };
    await expect(audit.night.audit(nameless)).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('PatientSearch.Query through Carequality was refused (HTTP 401)') as string,
    });
  });

  it('is refused where the directory has no endpoint', async () => {
    const audit = await AuditSite.open();
    const inactive = { Identifiers: [{ ID: organizationOid, IDType: 'OID' }], Active: false };
    audit.night.standIn.tamper({ kind: 'add_organization', organization: inactive });
    await expect(audit.night.audit(network)).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('the directory has no endpoint for ORGANIZATION_OID') as string,
    });
  });
});

describe('audit --via carequality', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[], number, RegExp]>([
    ['production', { REDOX_ENVIRONMENT: 'production' }, [], 75, /asserts a purpose of use/],
    ['--repair', {}, ['--repair'], 64, /--repair and --via carequality exclude each other/],
    ['a missing setting', { CAREQUALITY_USER_ID: '' }, [], 64, /set CAREQUALITY_ORGANIZATION_NAME/],
  ])('is refused for %s, before anything is asked', async (_title, settings, flags, exitCode, reason) => {
    const audit = await AuditSite.open();
    const ended = await commandLine(['audit', '--via', 'carequality', ...flags], {
      ...audit.night.environment,
      CAREQUALITY_ORGANIZATION_NAME: 'Monroe Clinic',
      CAREQUALITY_USER_ID: 'Doolittle, John',
      CAREQUALITY_USER_ROLE: '112247003 Medical Doctor',
      ...settings,
    });
    expect([ended.exitCode, ended.stderr]).toEqual([exitCode, expect.stringMatching(reason)]);
    expect(audit.night.standIn.requests().posts).toBe(0);
  });
});
