import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { packageRoot, packageVersion } from '../../../src/package-root.ts';
import { builtCommand } from '../../built-command.ts';
import { withoutEnd } from '../../command-line.ts';

// Each test starts a process.
vi.setConfig({ testTimeout: 60_000 });

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnCli(
  argv: readonly string[],
  environment: Record<string, string> = {},
  command: readonly string[] = ['--', builtCommand],
): ReturnType<typeof spawn> {
  // Nothing of the environment of whoever runs the tests but what Node itself needs.
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment };
  // `--` keeps Node 20 from looking for the --env-file itself.
  return spawn(process.execPath, [...command, ...argv], {
    cwd: packageRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const hangingJob = ['--import', 'tsx', '--', 'test/unit/jobs/hanging-job.ts'];

/** A real process from its start to its end. */
async function cli(argv: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const child = spawnCli(argv, environment);
  if (child.stdout === null || child.stderr === null) throw new Error('the process has no streams');
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

const complete = {
  EHR_URL: 'postgres://reader:s3cret@ehr.example.org:5432/ehr?password=s3cret',
  EHR_CONTRACT: tmpdir(),
  EHR_TIME_ZONE: 'America/Chicago',
  LEDGER_URL: 'embedded:/var/lib/ledger',
  LEDGER_KEY: Buffer.alloc(32, 7).toString('base64'),
  REDOX_ENVIRONMENT: 'development',
  REDOX_API_KEY: 'key-s3cret',
  REDOX_API_SECRET: 's3cret',
  REDOX_DESTINATION_ID: 'destination',
  ORGANIZATION_OID: '2.16.840.1.113883.3.6147.458.2',
  PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.1',
};

describe('usage', () => {
  test.concurrent('an unknown flag ends with 64 and the nearest one', async () => {
    const { exitCode, stderr } = await cli(['show-config', '--env-fil', 'x']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("unknown option '--env-fil'");
    expect(stderr).toContain('Did you mean --env-file?');
  });

  test.concurrent('a misspelt job ends with 64 and the nearest one', async () => {
    const { exitCode, stderr } = await cli(['show-conifg']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('Did you mean show-config?');
  });

  test.concurrent('a missing job ends with 64 and the list of jobs', async () => {
    const { exitCode, stdout, stderr } = await cli([]);
    expect([exitCode, stdout]).toEqual([64, '']);
    for (const job of jobs) expect(stderr).toContain(job.name);
  });

  test.concurrent('a superfluous argument ends with 64', async () => {
    expect(await cli(['show-config', 'please'])).toMatchObject({ exitCode: 64, stdout: '' });
  });

  test.concurrent('--version prints the version of the package', async () => {
    expect(await cli(['--version'])).toEqual({ exitCode: 0, stdout: `${packageVersion}\n`, stderr: '' });
  });

  test.concurrent('--help of a job is its manual', async () => {
    const { exitCode, stdout } = await cli(['schedule', '--help']);
    expect(exitCode).toBe(0);
    for (const title of ['When', 'Reads', 'Writes', 'Safe to repeat', 'How to stop it', 'Exit codes', 'Examples']) {
      expect(stdout).toContain(`\n${title}:\n`);
    }
  });
});

describe('configuration', () => {
  test.concurrent('missing configuration ends with 64 and every fault at once', async () => {
    const { exitCode, stderr } = await cli(['schedule', '--nightly', '15 2 * * *'], { CONCURRENCY: 'many' });
    expect(exitCode).toBe(64);
    for (const name of ['EHR_URL', 'LEDGER_URL', 'LEDGER_KEY', 'REDOX_PRIVATE_KEY', 'PATIENT_OID', 'CONCURRENCY']) {
      expect(stderr).toContain(name);
    }
  });

  test.concurrent("show-config masks secrets and names each value's source", async () => {
    const envFile = join(mkdtempSync(join(tmpdir(), 'cli-')), 'site.env');
    writeFileSync(envFile, 'CONCURRENCY=3\n');
    const { exitCode, stdout, stderr } = await cli(['show-config', '--env-file', envFile], complete);
    expect([exitCode, withoutEnd(stderr)]).toEqual([0, '']);
    expect(stdout).not.toContain('s3cret');
    expect(stdout).not.toContain(complete.LEDGER_KEY);
    expect(stdout).toMatch(/^EHR_URL +postgres:\/\/\*\*\*@ehr\.example\.org:5432\/ehr +environment$/m);
    expect(stdout).toMatch(/^LEDGER_KEY +\*\*\* +environment$/m);
    expect(stdout).toMatch(/^CONCURRENCY +"3" +\S+site\.env$/m);
    expect(stdout).toMatch(/^SITE_TIME_ZONE +"America\/Chicago" +from EHR_TIME_ZONE$/m);
    expect(stdout).toMatch(/^CALL_TIMEOUT +"120s" +default$/m);
  });

  test.concurrent('a later env file wins over an earlier one, by name or by file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    const [all, own, key] = ['all.env', 'own.env', 'key'].map((name) => join(folder, name));
    writeFileSync(String(key), complete.LEDGER_KEY);
    writeFileSync(String(all), 'CONCURRENCY=3\nRATE_LIMIT=60/5s\nLEDGER_KEY=short\n');
    writeFileSync(String(own), `CONCURRENCY=4\nLEDGER_KEY_FILE=${String(key)}\n`);
    const files = ['--env-file', String(all), '--env-file', String(own)];
    const environment: Record<string, string> = { ...complete };
    delete environment['LEDGER_KEY'];
    const { exitCode, stdout } = await cli(['show-config', ...files], environment);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^CONCURRENCY +"4" +\S+own\.env$/m);
    expect(stdout).toMatch(/^RATE_LIMIT +"60\/5s" +\S+all\.env$/m);
    expect(stdout).toMatch(/^LEDGER_KEY +\*\*\* +LEDGER_KEY_FILE \S+key$/m);
  });

  test.concurrent('a missing env file is a fault like the others', async () => {
    const { exitCode, stderr } = await cli(['show-config', '--env-file', '/no/such.env'], { CONCURRENCY: 'many' });
    expect(exitCode).toBe(64);
    expect(stderr).toContain('--env-file /no/such.env cannot be read (ENOENT)');
    expect(stderr).toContain('CONCURRENCY');
  });

  test.concurrent('show-config shows the values beside the faults', async () => {
    const { exitCode, stdout, stderr } = await cli(['show-config'], { ...complete, UNKNOWN_OUTCOMES: 'hold' });
    expect(exitCode).toBe(64);
    expect(stdout).toContain('UNKNOWN_OUTCOME ');
    expect(stderr).toContain('expected UNKNOWN_OUTCOME');
  });

  test.concurrent('a name of probably another program is a warning', async () => {
    const { exitCode, stderr } = await cli(['show-config'], { ...complete, LOGLEVEL: 'x', LOG_LEVEL: 'info' });
    expect(exitCode).toBe(0);
    expect(JSON.parse(withoutEnd(stderr))).toMatchObject({
      event: 'setting_unknown',
      name: 'LOGLEVEL',
      nearest: 'LOG_LEVEL',
    });
  });
});

describe('the process', () => {
  test.concurrent('ends after SIGTERM, and says so', async () => {
    const child = spawnCli(['schedule', '--nightly', '15 2 29 2 *'], complete);
    if (child.stderr === null) throw new Error('the process has no stderr');
    let said = '';
    for await (const chunk of child.stderr) {
      const before = said;
      said += String(chunk);
      if (said.includes('job_scheduled') && !before.includes('job_scheduled')) child.kill('SIGTERM');
    }
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(said).toContain('"event":"shutdown_requested","signal":"SIGTERM"');
  });

  test.concurrent('survives a reader that leaves', async () => {
    const child = spawnCli(['show-config'], complete);
    child.stdout?.destroy();
    if (child.stderr === null) throw new Error('the process has no stderr');
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect([child.exitCode, withoutEnd(stderr)]).toEqual([0, '']);
  });

  test.concurrent('ends at once at the second signal', async () => {
    const child = spawnCli(['hang'], {}, hangingJob);
    if (child.stderr === null || child.stdout === null) throw new Error('the process has no streams');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    const [rest] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(3);
    expect(JSON.parse(rest.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'job_ended',
      exit_code: 3,
      reason: 'signal',
    });
  });

  test.concurrent('ends with 0 instead of an exit code in --ok', async () => {
    const child = spawnCli(['hang', '--ok', '2,3'], {}, hangingJob);
    if (child.stderr === null || child.stdout === null) throw new Error('the process has no streams');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const [rest] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(0);
    expect(rest).toContain('"exit_code":3,"reason":"signal"');
  });

  test.concurrent('ends with 70 after an unhandled rejection, and hides its message', async () => {
    const child = spawnCli(['reject'], {}, hangingJob);
    if (child.stderr === null) throw new Error('the process has no stderr');
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(70);
    expect(stderr).toContain('Error at test/unit/jobs/hanging-job.ts:');
    expect(stderr).not.toContain('Jane');
  });
});
