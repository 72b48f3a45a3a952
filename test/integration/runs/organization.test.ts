import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { readOrganizationFile } from '../../../src/config/file/organization-file.ts';
import type { OrganizationAction } from '../../../src/directory/organization.ts';
import { migrateLedger } from '../../../src/ledger/ledger.ts';
import { recentAttemptAges } from '../../../src/ledger/record/calls.ts';
import { ledgerSchema } from '../../../src/ledger/run/migrate.ts';
import { openLog } from '../../../src/log/log.ts';
import { registerOrganization } from '../../../src/runs/organization.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import { commandLine } from '../../command-line.ts';
import { freshDatabase, templateDatabase, type TestDatabase } from '../support/database.ts';
import { destinationId, documentOid, organizationOid, patientOid, startTestStandIn } from '../redox/stand-in-client.ts';

/** `organization` as people start it, against the stand-in, with a legacy API key. */

const legacy = { apiKey: 'legacy-key', secret: 'legacy-secret' };
const childOid = `${organizationOid}.1`;
const folder = mkdtempSync(join(tmpdir(), 'organization-'));
const example = JSON.parse(readFileSync(join(packageRoot, 'jobs/organization.example.json'), 'utf8')) as object;

let redox: StandIn;
let database: TestDatabase;
let ledger: Session;

beforeAll(async () => {
  redox = await startTestStandIn({ legacy, rateLimit: null });
});
afterAll(() => redox.close());

beforeEach(async () => {
  redox.reset();
  database = await freshDatabase({ template: await templateDatabase('ledger', migrated) });
  ledger = await Session.open(database.url, {
    neighbour: 'the ledger',
    settings: { search_path: `${ledgerSchema}, pg_catalog` },
  });
  return async () => {
    await ledger.close();
    await database.drop();
  };
});

const migrated = async (url: TestDatabase['url']): Promise<void> => {
  await migrateLedger(url);
};

const ledgerKey = randomBytes(32).toString('base64');
const environment = (changes: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  LEDGER_URL: database.url.reveal(),
  LEDGER_KEY: ledgerKey,
  REDOX_BASE_URL: redox.url,
  REDOX_ENVIRONMENT: 'development',
  REDOX_API_KEY: legacy.apiKey,
  REDOX_API_SECRET: legacy.secret,
  REDOX_DESTINATION_ID: destinationId,
  ORGANIZATION_OID: organizationOid,
  PATIENT_OID: patientOid,
  DOCUMENT_OID: documentOid,
  REPORT_DIR: join(folder, 'reports'),
  ...changes,
});

/** Writes the example with changes, and gives its path. */
function fileWith(changes: object = {}): string {
  const file = join(folder, `${randomBytes(4).toString('hex')}.json`);
  writeFileSync(file, JSON.stringify({ ...example, oid: organizationOid, ...changes }));
  return file;
}

const organization = (
  argv: readonly string[],
  changes: Readonly<Record<string, string>> = {},
): ReturnType<typeof commandLine> => commandLine(['organization', ...argv], environment(changes));

/** The same with no time to wait between tries. Gives what it printed, or the fault's sentence. */
async function quickly(
  action: OrganizationAction,
  file: string,
  {
    signal = new AbortController().signal,
    settings = {},
  }: { signal?: AbortSignal; settings?: Record<string, string> } = {},
): Promise<string> {
  const given = environment({ CALL_TIMEOUT: '200ms', ...settings });
  const config = loadConfig(given, { requires: ['redox', 'ledger', 'ledgerKey'] });
  const { log, close } = openLog({ level: 'error', stream: process.stderr, isHuman: false });
  const lines: string[] = [];
  const request = {
    action,
    organization: readOrganizationFile(file, organizationOid),
    config,
    print: (line: string) => void lines.push(line),
    retry: { attempts: 2, baseMs: 1, capMs: 5 },
  };
  try {
    const { exitCode } = await registerOrganization(request, {
      ledgerUrl: database.url,
      log,
      signal,
      now: () => new Date(),
    });
    return [...lines, `exit ${exitCode}`].join('\n');
  } catch (error) {
    return String(error);
  } finally {
    await close();
  }
}

const rows = async (query: string): Promise<readonly object[]> => (await ledger.query('a look', query)).rows;
const lastCall = async (): Promise<object | undefined> =>
  (await rows('SELECT last_event, last_state, last_reason, is_certain, active FROM organization'))[0];

describe('on the command line', () => {
  test('a record is created, updated, removed, restored and shown', async () => {
    const file = fileWith();
    const created = await organization(['create', file]);
    expect(created).toMatchObject({ exitCode: 0 });
    expect(created.stdout).toBe(
      `The directory accepted \`organization create\` of Monroe Clinic (${organizationOid}, development): ` +
        '“New organization was added successfully.”\n',
    );
    expect(redox.state().organizations.get(organizationOid)).toMatchObject({ active: true, versionCount: 1 });

    const same = await organization(['update', file]);
    expect([same.exitCode, same.stdout]).toEqual([
      0,
      expect.stringMatching(/^Nothing was to be sent .* has had the same record since/),
    ]);

    const renamed = fileWith({ name: 'Monroe Clinic and Hospital' });
    expect((await organization(['show', renamed])).stdout).toContain('differs in Name: `organization update`');
    expect(redox.requests().posts).toBe(1);

    const updated = await organization(['update', renamed]);
    expect([updated.exitCode, updated.stdout]).toEqual([
      0,
      expect.stringContaining('“Organization with id:*** has been updated successfully.”'),
    ]);
    expect(await quickly('deactivate', renamed)).toContain('exit 0');
    expect(redox.state().organizations.get(organizationOid)).toMatchObject({ active: false, versionCount: 3 });
    expect((await organization(['show', organizationOid])).stdout).toMatch(/deactivated since[^]*"Active": false/);
    expect(await quickly('deactivate', renamed)).toMatch(/^Nothing was to be sent/);
    expect(await quickly('update', renamed)).toContain('exit 0');
    expect(redox.state().organizations.get(organizationOid)).toMatchObject({ active: true, versionCount: 4 });
    expect(await rows('SELECT job, mode, status, exit_code FROM run WHERE run_number = 1')).toEqual([
      { job: 'organization', mode: 'none', status: 'done', exit_code: 0 },
    ]);
  });

  test('ends with 64 early for an unfit file, or without --yes in production', async () => {
    const bad = await organization(['create', fileWith({ nmae: 'x', contacts: [] })], {
      LEDGER_URL: 'embedded:/no/such',
    });
    expect(bad.exitCode).toBe(64);
    expect(bad.stderr).toContain('nmae is no key of this file; expected name, or nothing of that name.');
    expect(bad.stderr).toContain('contacts is []; expected a list of at least one contact.');

    const production = { REDOX_ENVIRONMENT: 'production' };
    const unsure = await organization(['create', fileWith()], production);
    expect([unsure.exitCode, unsure.stderr]).toEqual([64, expect.stringContaining('add --yes')]);
    expect(redox.requests().posts).toBe(0);

    expect(await organization(['create', fileWith(), '--yes'], production)).toMatchObject({ exitCode: 0 });
  });

  test('refusals of the directory end with 64 and a reason, duplicates with 75', async () => {
    const refused = await organization(['update', fileWith()]);
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toMatch(/http_403, “id:\*\*\* is not valid\.”\. .*`organization create`/);

    await organization(['create', fileWith()]);
    const known = await organization(['create', fileWith({ name: 'Another' })]);
    expect([known.exitCode, known.stderr]).toEqual([
      75,
      expect.stringMatching(/refused, and nothing was sent.*update/),
    ]);
    expect(redox.requests().posts).toBe(2);
  });
});

describe('a recorded organization', () => {
  test('has child organizations beside it', async () => {
    await quickly('create', fileWith());
    expect(await quickly('create', fileWith({ oid: childOid, parentOid: organizationOid }))).toContain('exit 0');
    expect([...redox.state().organizations.keys()]).toEqual([organizationOid, childOid]);
    expect(await rows('SELECT oid, active FROM organization ORDER BY oid')).toEqual([
      { oid: organizationOid, active: true },
      { oid: childOid, active: true },
    ]);
  });

  test('belongs to one environment, and another one is refused unsent', async () => {
    await quickly('create', fileWith());
    const sentence = await quickly('update', fileWith({ name: 'X' }), {
      settings: { REDOX_ENVIRONMENT: 'production' },
    });
    expect(sentence).toMatch(/^RefusedFault: .*REDOX_ENVIRONMENT is production, the ledger has development/);
    expect(redox.requests().posts).toBe(1);
  });

  test('without an answer is unknown until the next update', async () => {
    redox.misbehave([{ kind: 'hang', taken: true }]);
    const sentence = await quickly('create', fileWith());
    expect(sentence).toMatch(
      /^NeighbourFault: It is unknown whether the directory accepted .*: timeout, 2 tries\. Run `organization update`/,
    );
    expect(await lastCall()).toEqual({
      last_event: 'New',
      last_state: 'unknown',
      last_reason: 'timeout',
      is_certain: false,
      active: null,
    });
    redox.misbehave([]);
    expect(await quickly('update', fileWith())).toContain('exit 0');
    expect(await lastCall()).toMatchObject({ last_state: 'accepted', is_certain: true, active: true });
  });

  test('keeps its certain state through an unknown update, which is resent', async () => {
    await quickly('create', fileWith());
    redox.misbehave([{ kind: 'status_after', status: 504 }]);
    expect(await quickly('update', fileWith({ name: 'Another' }))).toMatch(
      /It is unknown whether .*: http_504, 2 tries\. Start it again/,
    );
    expect(await rows("SELECT registered ->> 'Name' AS name, is_certain FROM organization")).toEqual([
      { name: 'Monroe Clinic', is_certain: false },
    ]);
    redox.misbehave([]);
    const posts = redox.requests().posts;
    await quickly('update', fileWith());
    expect(redox.requests().posts).toBe(posts + 1);
  });

  test('ends as refused by a 200 with errors', async () => {
    redox.misbehave([{ kind: 'meta_errors', text: 'Failed to parse request body as XML resource.' }]);
    expect(await quickly('create', fileWith())).toMatch(
      /^UsageFault: .*meta_errors, “Failed to parse.*check oid, type/,
    );
    expect(await lastCall()).toMatchObject({ last_state: 'rejected', is_certain: true, active: null });
  });

  test('is forgotten when the directory lost it, and can be created', async () => {
    await quickly('create', fileWith());
    redox.reset();
    expect(await quickly('update', fileWith({ name: 'Another' }))).toContain('is not valid');
    expect(await lastCall()).toMatchObject({ last_state: 'rejected', active: null });
    expect(await quickly('create', fileWith())).toContain('exit 0');
  });

  test('is certainly untaken after an early stop or without a token', async () => {
    const stop = new AbortController();
    // A call before has used up the rate, so this one waits for its turn.
    await quickly('create', fileWith());
    await ledger.query('a new start', 'DELETE FROM organization');
    redox.reset();
    const waiting = quickly('create', fileWith(), { signal: stop.signal, settings: { RATE_LIMIT: '1/5m' } });
    while ((await rows("SELECT FROM organization WHERE last_state = 'sending'")).length === 0) await sleep(5);
    stop.abort(new Error('SIGTERM'));
    expect(await waiting).toBe('exit 3');
    const notTaken = { last_state: 'failed', last_reason: 'not_started', is_certain: true, active: null };
    expect(await lastCall()).toMatchObject(notTaken);

    const sentence = await quickly('create', fileWith(), { settings: { REDOX_API_SECRET: 'wrong' } });
    expect(sentence).toMatch(/^NeighbourFault: Redox gave no token .*REDOX_API_SECRET/);
    expect(await lastCall()).toMatchObject(notTaken);
    expect(redox.requests().posts).toBe(0);
  });

  test('is unknown at the next start after a crash in its POST', async () => {
    await quickly('create', fileWith());
    await ledger.query('a death', "UPDATE organization SET last_state = 'sending'");
    expect((await organization(['show'])).stdout).toContain('a later call has no certain outcome');
    expect(await quickly('update', fileWith())).toContain('The directory accepted');
    expect(redox.requests().posts).toBe(2);
  });

  test('counts every POST against the rate, and keeps nothing of the file', async () => {
    redox.misbehave([{ kind: 'status', status: 503, when: { times: 1 } }]);
    await quickly('create', fileWith());
    expect(await recentAttemptAges(ledger, 60_000, 5)).toHaveLength(2);
    const attempts = await rows('SELECT number, result, http_status, detail FROM organization_attempt ORDER BY number');
    expect(attempts).toEqual([
      { number: 1, result: 'ambiguous', http_status: 503, detail: null },
      { number: 2, result: 'accepted', http_status: 200, detail: 'New organization was added successfully.' },
    ]);
  });
});
