import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readOrganizationFile } from '../../../src/config/file/organization-file.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { buildOrganization, organizationRecord } from '../../../src/message/organization.ts';
import { packageRoot } from '../../../src/package-root.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import { commandLine } from '../../command-line.ts';
import {
  destinationId,
  documentOid,
  json,
  organizationOid,
  patientOid,
  post,
  send,
  startTestStandIn,
} from '../redox/stand-in-client.ts';

/** `organization check` and `show --directory` against the stand-in's directory. Neither needs a ledger. */

const legacy = { apiKey: 'legacy-key', secret: 'legacy-secret' };
const folder = mkdtempSync(join(tmpdir(), 'directory-'));
const file = join(folder, 'clinic.json');
const example = JSON.parse(readFileSync(join(packageRoot, 'jobs/organization.example.json'), 'utf8')) as object;
writeFileSync(file, JSON.stringify({ ...example, oid: organizationOid }));

let redox: StandIn;

beforeAll(async () => {
  redox = await startTestStandIn({ legacy, rateLimit: null, sourceId: 'source-1' });
});
afterAll(() => redox.close());
beforeEach(() => {
  redox.reset();
});

async function register(): Promise<void> {
  const answer = await send(`${redox.url}/auth/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(legacy),
  });
  const { accessToken: token } = json(answer) as { accessToken: string };
  const record = organizationRecord(readOrganizationFile(file, organizationOid));
  const message = buildOrganization('New', record, true, { environment: 'development', sourceId: 'source-1' });
  expect((await post(redox.url, token, message)).status).toBe(200);
}

const organization = (...argv: readonly string[]): ReturnType<typeof commandLine> =>
  commandLine(['organization', ...argv], {
    REDOX_BASE_URL: redox.url,
    REDOX_ENVIRONMENT: 'development',
    REDOX_API_KEY: legacy.apiKey,
    REDOX_API_SECRET: legacy.secret,
    REDOX_SOURCE_ID: 'source-1',
    REDOX_DESTINATION_ID: destinationId,
    ORGANIZATION_OID: organizationOid,
    PATIENT_OID: patientOid,
    DOCUMENT_OID: documentOid,
    CALL_TIMEOUT: '5s',
  });

const alter = (path: string, value: JsonValue): void => {
  redox.tamper({ kind: 'alter_organization', oid: organizationOid, path, value });
};

const stored = (): JsonObject => redox.state().organizations.get(organizationOid)?.organization ?? {};

describe('organization check', () => {
  test.each(['documented', 'as_sent'] as const)(
    'ends with 0 where the directory agrees (%s)',
    async (organizations) => {
      await register();
      redox.answerQueriesAs({ organizations });
      expect(await organization('check', file)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining(`has Monroe Clinic (${organizationOid}) as ${file} describes it.`) as string,
      });
      expect(redox.requests().takenByEvent).toEqual({ New: 1 });
    },
  );

  test('lists what differs by field path', async () => {
    await register();
    alter('Address.ZIP', '53704');
    alter('Aliases', ['Monroe']);
    alter('Active', false);
    const [first, second] = stored()['Contacts'] as readonly JsonObject[];
    alter('Contacts', [second ?? {}, { ...first, PhoneNumber: { Work: '+16085559999' } }]);
    const checked = await organization('check', file);
    expect(checked.exitCode).toBe(2);
    expect(checked.stdout.split('\n').filter((line) => line.startsWith('  '))).toEqual([
      '  Active: the file has true, the directory false',
      '  Aliases[1]: the file has "Clinic of Monroe", the directory nothing',
      '  Contacts[0].PhoneNumber.Work: the file has "+16085551234", the directory "+16085559999"',
      '  Address.ZIP: the file has "53703", the directory "53704"',
    ]);
    expect(checked.stdout).toContain('`organization update` sends the file.');
  });

  test('overlooks another writing, another order and fields of the directory', async () => {
    await register();
    const [first, second] = stored()['Contacts'] as readonly JsonObject[];
    alter('Contacts', [second ?? {}, { ...first, PhoneNumber: { Work: '(608) 555-1234' } }]);
    alter('Aliases', ['Clinic of Monroe', 'Monroe']);
    alter('PartOf.Identifier', { Value: 'urn:oid:2.16.840.1.113883.3.6147.458.2' });
    alter('Endpoints', [{ Name: 'Query' }]);
    alter('Identifiers', [
      { ID: organizationOid, IDType: 'OID' },
      { ID: '4711', IDType: 'FACID' },
    ]);
    expect(await organization('check', file)).toMatchObject({ exitCode: 0 });
  });

  test.each(['empty_list', 'error'] as const)('says where the directory lacks it (%s)', async (noOrganization) => {
    for (const refusals of ['status', 'meta_errors'] as const) {
      redox.answerQueriesAs({ noOrganization, refusals });
      const checked = await organization('check', file);
      expect([checked.exitCode, checked.stdout]).toEqual([
        2,
        expect.stringContaining('`organization create` registers'),
      ]);
    }
  });

  test('repeats a query that got no answer, and then says so', async () => {
    await register();
    redox.misbehave([{ kind: 'expire_tokens', when: { eventType: 'Query' } }]);
    expect(await organization('check', file)).toMatchObject({ exitCode: 0 });
    redox.misbehave([{ kind: 'meta_errors', text: 'Parsing XML request error!', when: { eventType: 'Query' } }]);
    expect(await organization('check', file)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringMatching(/could not be asked: meta_errors, “.*”\. The directory could not parse/) as string,
    });
    redox.misbehave([{ kind: 'status', status: 200, body: '{"Meta":{}}' }]);
    expect(await organization('check', file)).toMatchObject({
      exitCode: 69,
      stderr: expect.stringContaining('an answer without Organizations') as string,
    });
  });
});

describe('organization show --directory', () => {
  test('prints the record, by OID or file, or of this site', async () => {
    await register();
    for (const which of [[], [organizationOid], [file]]) {
      const shown = await organization('show', '--directory', ...which);
      expect(shown.exitCode).toBe(0);
      expect(JSON.parse(shown.stdout.slice(shown.stdout.indexOf('{')))).toMatchObject({
        Active: true,
        Name: 'Monroe Clinic',
      });
    }
    expect((await organization('show', '--directory', '2.16.840.1')).stdout).toContain('2.16.840.1 is not in');
  });

  test('is a flag of show alone', async () => {
    expect(await organization('check', '--directory', file)).toMatchObject({ exitCode: 64 });
  });
});
