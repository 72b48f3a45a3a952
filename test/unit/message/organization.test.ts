import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOrganizationFile } from '../../../src/config/file/organization-file.ts';
import type { Attempt, Delivery, Outcome } from '../../../src/decide/call.ts';
import { describeOutcome, isUnknownThere, outcomeInDirectory } from '../../../src/directory/directory-answer.ts';
import { maskText } from '../../../src/redox/mask.ts';
import { buildOrganization, directoryDestinationId, organizationRecord } from '../../../src/message/organization.ts';
import {
  changedFields,
  decide,
  type OrganizationAction,
  type Registered,
} from '../../../src/directory/organization.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { expectGolden } from './golden.ts';

const example = join(packageRoot, 'jobs/organization.example.json');
const clinic = readOrganizationFile(example, '2.16.840.1.113883.3.6147.458.77777.1.1.1.1');
const record = organizationRecord(clinic);
const at = new Date('2026-01-31T08:15:00.000Z');

describe('the message', () => {
  const staging = { environment: 'staging', sourceId: 'source-1' } as const;
  const production = { environment: 'production', sourceId: null } as const;
  const sparse = organizationRecord({
    ...clinic,
    aliases: [],
    type: null,
    destinationId: null,
    address: { ...clinic.address, county: null },
  });

  test.each([
    ['organization-new', buildOrganization('New', record, true, staging)],
    ['organization-update', buildOrganization('Update', record, true, production)],
    ['organization-deactivate-sparse', buildOrganization('Update', sparse, false, production)],
  ])('%s is the one in its golden file', (name, message) => {
    expectGolden(name, message);
  });

  test("goes to its environment's directory, shared by development and staging", () => {
    expect(
      (['development', 'staging', 'production'] as const).map((environment) => directoryDestinationId({ environment })),
    ).toEqual([
      'a07afe3b-d247-4415-827f-6837707e1b8b',
      'a07afe3b-d247-4415-827f-6837707e1b8b',
      '5d0fd248-6c52-4ad9-b907-ae10bf2dcc39',
    ]);
  });
});

describe('what is sent', () => {
  const known: Registered = { record, active: true, at, isCertain: true };
  const other = { ...record, Name: 'Another' };

  test.each<[OrganizationAction, string, Registered | null, string]>([
    ['create', 'what nobody registered', null, 'New true'],
    ['create', 'what is registered', known, 'refuse'],
    ['create', 'what is deactivated', { ...known, active: false }, 'refuse'],
    ['create', 'what is registered, though not certainly so', { ...known, isCertain: false }, 'refuse'],
    ['update', 'what this ledger does not know', null, 'Update true'],
    ['update', 'what is registered so', known, 'nothing'],
    ['update', 'what is registered otherwise', { ...known, record: other }, 'Update true'],
    ['update', 'what is not certain', { ...known, isCertain: false }, 'Update true'],
    ['update', 'what is deactivated', { ...known, active: false }, 'Update true'],
    ['deactivate', 'what this ledger does not know', null, 'Update false'],
    ['deactivate', 'what is registered', known, 'Update false'],
    ['deactivate', 'what is deactivated', { ...known, active: false }, 'nothing'],
    ['deactivate', 'what is not certainly deactivated', { ...known, active: false, isCertain: false }, 'Update false'],
  ])('by %s of %s', (action, _, registered, expected) => {
    const decision = decide(action, record, registered);
    expect(decision.kind === 'send' ? `${decision.event} ${decision.active}` : decision.kind).toBe(expected);
  });

  test("differs by values, and ignores the ledger's order of keys", () => {
    const reordered = Object.fromEntries(Object.entries(record).reverse());
    expect(changedFields(record, reordered)).toEqual([]);
    expect(changedFields(record, { ...record, Name: 'Another', Extra: 1 })).toEqual(['Name', 'Extra']);
  });
});

describe('an answer of the directory', () => {
  const message = buildOrganization('New', record, true, { environment: 'staging', sourceId: null });
  const attempt = (httpStatus: number, result: Attempt['result'], said: string | null): Attempt => ({
    startedAt: at,
    finishedAt: at,
    result,
    httpStatus,
    reason: result === 'accepted' ? null : `http_${httpStatus}`,
    detail: said === null ? null : maskText(said, message),
    redoxLogId: 'log-1',
    logId: 'log-1',
  });
  const describedAs = (outcome: Outcome, ...attempts: readonly Attempt[]): string =>
    describeOutcome('the record', 'create', outcome, attempts);

  test.each([
    [`${clinic.oid} already exists.`, /run `organization update`/],
    [`id:${clinic.oid} is not valid.`, /`organization create`/],
    ['Failed to parse request body as XML resource.', /check oid, type and contacts/],
    ['Parsing XML request error!', /unusual characters.*log id/],
    ['Your Organization Source contains a duplicate business!', /twice.*ask Redox/],
    [
      'No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions https://dashboard.redoxengine.com/',
      /REDOX_ENVIRONMENT/,
    ],
    ['Required field missing - Organizations[0].Type in Organization:New', /Add the missing field/],
    ['Unauthorized', /REDOX_SOURCE_ID/],
    ['Not found', /REDOX_BASE_URL/],
  ])('with the refusal “%s” is explained under any status, masked or not', (said, remedy) => {
    for (const httpStatus of [200, 400, 403, 500]) {
      const sentence = describedAs('rejected', attempt(httpStatus, 'rejected', said));
      expect(sentence).toMatch(/^The directory refused the record: http_\d{3}, “.+”, log id log-1\. /);
      expect(sentence).toMatch(remedy);
      expect(sentence.replace('***', clinic.oid)).toContain(said.slice(0, 60));
    }
  });

  test('that is undocumented is shown in its known words', () => {
    expect(describedAs('rejected', attempt(403, 'rejected', 'Organization is in the wrong phase'))).toMatch(
      /http_403, “Organization is in the wrong \*\*\*”, log id log-1\. Redox does not document this refusal/,
    );
  });

  test('that is missing leaves an unknown, with the way to certainty', () => {
    expect(describedAs('unknown', attempt(504, 'ambiguous', null), attempt(504, 'ambiguous', null))).toMatch(
      /^It is unknown whether the directory accepted the record: http_504, log id log-1, 2 tries\. Run `organization update`/,
    );
  });

  test('that accepts is quoted', () => {
    expect(describedAs('accepted', attempt(200, 'accepted', 'New organization was added successfully.'))).toBe(
      'The directory accepted the record: “New organization was added successfully.”',
    );
  });

  const xmlError = attempt(500, 'ambiguous', 'Parsing XML request error!');
  const silence = attempt(504, 'ambiguous', null);
  test.each<[string, Delivery, Outcome]>([
    ['a documented refusal, under status 500 too, is a refusal', delivery(xmlError, xmlError), 'rejected'],
    ['another 500 is unknown', delivery(attempt(500, 'ambiguous', 'Oops')), 'unknown'],
    ['a refusal after a try that may have been taken proves nothing', delivery(silence, xmlError), 'unknown'],
  ])('with %s', (_, given, outcome) => {
    expect(outcomeInDirectory(given)).toBe(outcome);
  });

  test('reports an unknown organisation, masked or not', () => {
    expect(isUnknownThere([attempt(403, 'rejected', `id:${clinic.oid} is not valid.`)])).toBe(true);
    expect(isUnknownThere([attempt(403, 'rejected', `${clinic.oid} already exists.`)])).toBe(false);
  });

  function delivery(...attempts: readonly Attempt[]): Delivery {
    return { outcome: 'unknown', attempts };
  }
});
