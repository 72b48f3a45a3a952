import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { askPerson } from '../../../jobs/setup/init/ask.ts';
import { questions, sandboxAnswers } from '../../../jobs/setup/init/question.ts';
import { settingNames } from '../../../src/config/settings.ts';
import { encounterColumns, mergeColumns, patientColumns } from '../../../src/contract/contract.ts';
import { exitCodes } from '../../../src/fault.ts';
import { sectionColumns, sections } from '../../../src/contract/section.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import { openClinic } from '../../../src/sandbox/clinic/clinic.ts';
import { startStandIn } from '../../../src/sandbox/redox/stand-in.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { withoutEnd } from '../../command-line.ts';

let ehr: TestDatabase;
let ledger: TestDatabase;
let above: string;

beforeAll(async () => {
  [ehr, ledger] = await Promise.all([freshDatabase(), freshDatabase()]);
  above = await mkdtemp(join(tmpdir(), 'init-'));
  const clinic = await openClinic(ehr.url);
  await clinic.build({ patients: 20, visits: 40, seed: 3, today: '2026-03-01' });
  await clinic.close();
});

afterAll(async () => {
  await Promise.all([ehr.drop(), ledger.drop()]);
  await rm(above, { recursive: true });
});

let folders = 0;
const newFolder = (): string => join(above, `site-${(folders += 1)}`);

async function run(argv: readonly string[], environment: Record<string, string> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runCommandLine(argv, {
    jobs,
    environment,
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { exitCode, stdout: out, stderr: err };
}

/** Everything by flags. */
const inFull = (folder: string, ...others: readonly string[]): string[] => [
  ...['init', folder, '--sandbox', '--ehr-url', ehr.url.reveal(), '--ehr-time-zone', 'America/Chicago'],
  ...['--ledger-url', ledger.url.reveal(), ...others],
];

/** The doctor with what init wrote, and a stand-in that knows the key that init made. */
async function callDoctor(folder: string): ReturnType<typeof run> {
  const publicKey = JSON.parse(readFileSync(join(folder, 'redox-public-key.jwk.json'), 'utf8')) as JWK;
  const standIn = await startStandIn({
    ...sandboxAnswers,
    documentOid: sandboxAnswers.organizationOid,
    keys: [{ kid: sandboxAnswers.keyId, publicKey }],
  });
  onTestFinished(() => standIn.close());
  return run(['doctor', '--env-file', join(folder, '.env')], { REDOX_BASE_URL: standIn.url });
}

describe('init', () => {
  test("writes settings that the doctor approves with the demo's contract", async () => {
    const folder = newFolder();
    const { exitCode, stdout, stderr } = await run(inFull(folder, '--ehr-contract', 'sql/ehr/demo'));
    expect([exitCode, withoutEnd(stderr)]).toEqual([exitCodes.done, '']);
    expect(stdout).toContain(`redox-reconcile doctor --env-file ${folder}/.env`);
    const shown = await run(['show-config', '--env-file', join(folder, '.env')]);
    expect([shown.exitCode, withoutEnd(shown.stderr)]).toEqual([exitCodes.done, '']);
    const visit = await callDoctor(folder);
    expect([visit.exitCode, visit.stdout]).toEqual([exitCodes.done, expect.stringContaining('\nNothing is wrong')]);
  });

  test('protects secrets for their owner, and explains every setting', async () => {
    const folder = newFolder();
    await run(inFull(folder));
    for (const file of ['.env', 'redox-private-key.pem']) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    const written = readFileSync(join(folder, '.env'), 'utf8');
    for (const name of settingNames) expect(written).toMatch(new RegExp(`^(# )?${name}(_FILE)?=`, 'm'));
    const example = readFileSync(join(packageRoot, '.env.example'), 'utf8').split('\n');
    const explained = example.filter((line) => line.startsWith('#') && !/^# [A-Z_]+=/.test(line));
    expect(written.split('\n')).toEqual(expect.arrayContaining(explained));
  });

  test("writes a valid contract without rows, listing the EHR's tables", async () => {
    const folder = newFolder();
    await run(inFull(folder));
    const patients = readFileSync(join(folder, 'contract/patients.sql'), 'utf8');
    expect(patients).toContain('--   clinic.person\n');
    expect(patients).toMatch(/^ {2}-- , your_column AS birth_date +-- Birth date$/m);
    const { exitCode, stdout } = await callDoctor(folder);
    expect(exitCode).toBe(exitCodes.done);
    expect(stdout).toContain('patients.sql gives no row.');
  });

  test("writes a skeleton of each section, and each CSV's header", async () => {
    const folder = newFolder();
    await run(inFull(folder));
    for (const section of sections) {
      const skeleton = readFileSync(join(folder, `contract/sections/${section}.sql`), 'utf8');
      for (const column of sectionColumns(section)) expect(skeleton).toMatch(new RegExp(` AS ${column} +-- .`));
    }
    expect(existsSync(join(folder, 'extract-headers'))).toBe(false);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toMatch(/^RATE_LIMIT=0$/m);

    const [extracted, extract] = [newFolder(), newFolder()];
    await mkdir(extract);
    const { stdout } = await run([...inFull(extracted), '--ehr-url', `csv:${extract}`]);
    expect(stdout).toContain(`${extracted}/extract-headers`);
    const headerOf = (file: string): string => readFileSync(join(extracted, 'extract-headers', file), 'utf8');
    expect(headerOf('patients.csv')).toBe(`${patientColumns.join(',')}\n`);
    expect(headerOf('encounters.csv')).toBe(`${encounterColumns.join(',')}\n`);
    expect(headerOf('merges.csv')).toBe(`${mergeColumns.join(',')}\n`);
    for (const section of sections) expect(headerOf(`${section}.csv`)).toBe(`${sectionColumns(section).join(',')}\n`);
    expect(await readdir(extract)).toEqual([]);
  });

  test("keeps a comment whole around a line break in a table's name", async () => {
    const session = await Session.open(ehr.url, { neighbour: 'the site' });
    await session.query('CREATE TABLE', 'CREATE TABLE public."odd\nDROP" ()');
    onTestFinished(async () => {
      await session.query('DROP TABLE', 'DROP TABLE public."odd\nDROP"');
      await session.close();
    });
    const folder = newFolder();
    await run(inFull(folder));
    expect(readFileSync(join(folder, 'contract/patients.sql'), 'utf8')).toContain('--   public.odd DROP\n');
  });

  test('goes on without table names when it cannot reach the EHR', async () => {
    const folder = newFolder();
    const unreachable = ['--ehr-url', 'postgres://reader:secret@127.0.0.1:1/ehr'];
    const { exitCode, stdout } = await run([...inFull(folder), ...unreachable]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('The names of its tables are left out')]);
    expect(stdout).not.toContain('secret');
    expect(existsSync(join(folder, 'contract/patients.sql'))).toBe(true);
  });

  test('without a terminal names the missing flags, and writes nothing', async () => {
    const folder = newFolder();
    const { exitCode, stderr } = await run(['init', folder, '--patient-oid', 'urn:oid:1.2']);
    expect(exitCode).toBe(exitCodes.usage);
    expect(stderr).toContain('--ehr-url is missing (postgres://');
    expect(stderr).toContain('--patient-oid: That is a value which has a urn:oid: in front');
    expect(stderr).not.toContain('--ledger-url');
    expect(existsSync(folder)).toBe(false);
  });

  test('replaces an env file only on request, and never a secret or SELECT', async () => {
    const folder = newFolder();
    await run(inFull(folder));
    const [env, contract, key] = ['.env', 'contract/patients.sql', 'redox-private-key.pem'].map((file) =>
      join(folder, file),
    );
    const read = (path: string | undefined): string => readFileSync(path ?? '', 'utf8');
    await writeFile(contract ?? '', 'SELECT 1 AS patient_id');
    const [envBefore, keyBefore] = [read(env), read(key)];
    const refused = await run(inFull(folder, '--patient-oid', '2.16.840.1.113883.3.6147.458.2.7'));
    expect([refused.exitCode, read(env)]).toEqual([exitCodes.usage, envBefore]);
    const done = await run(inFull(folder, '--patient-oid', '2.16.840.1.113883.3.6147.458.2.7', '--overwrite'));
    expect(done.stdout).toContain('Kept what stood in');
    expect(read(env)).toContain('PATIENT_OID=2.16.840.1.113883.3.6147.458.2.7\n');
    const ledgerKey = /^LEDGER_KEY=.+$/m;
    expect(ledgerKey.exec(read(env))?.[0]).toBe(ledgerKey.exec(envBefore)?.[0]);
    expect([read(key), read(contract)]).toEqual([keyBefore, 'SELECT 1 AS patient_id']);
    expect((await readdir(folder)).sort()).toEqual(
      ['.env', 'contract', 'redox-private-key.pem', 'redox-public-key.jwk.json', 'reports'].sort(),
    );
  });
});

describe('init at a terminal', () => {
  const nothing = { ehrUrl: null, ehrTimeZone: null, ledgerUrl: null };
  const ask = (typed: string | null) => {
    const [input, stdout] = [new PassThrough(), new PassThrough()];
    const lines: string[] = [];
    const context = { signal: new AbortController().signal, stdout, print: (line: string) => void lines.push(line) };
    const answers = askPerson(context, { ...nothing, ...sandboxAnswers }, questions('/site'), input);
    if (typed === null) input.end();
    else {
      // As people type: a line when it is asked for.
      const left = typed.split('\n');
      stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().endsWith('=')) input.write(`${left.shift() ?? ''}\n`);
      });
    }
    return { answers, lines };
  };

  test('asks for what the flags lack, offers defaults, and repeats unfit questions', async () => {
    const { answers, lines } = ask('csv:/extracts\nEST\nAmerica/New_York\n');
    expect(await answers).toEqual({
      ...sandboxAnswers,
      ehrUrl: 'csv:/extracts',
      ehrTimeZone: 'America/New_York',
      ledgerUrl: 'embedded:/site/ledger',
    });
    expect(lines).toEqual([expect.stringMatching(/never has daylight-saving time \(America\/New_York is its place\)/)]);
  });

  test('writes nothing when the person leaves', async () => {
    await expect(ask(null).answers).rejects.toMatchObject({
      exitCode: exitCodes.stopped,
      message: 'Stopped; nothing was written.',
    });
  });
});
