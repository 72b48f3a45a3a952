import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { sourcePlaceOf } from '../../../jobs/frame/source-place.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { builtCommand as cli } from '../../built-command.ts';

// Each test starts a process.
vi.setConfig({ testTimeout: 60_000 });

/** The installed program is one bundle: parts may be missing from it, or fail to load. */
const run = promisify(execFile);
test('the built command loads every job', async () => {
  // The refusal names the jobs of a flag, so each job is loaded for its flags.
  const refused = run(process.execPath, [cli, 'status', '--until', '06:00'], { cwd: '/' });
  await expect(refused).rejects.toThrow('--until belongs to nightly, intraday, audit, fleet.');
});

test('package.json names the file of the installed job', () => {
  const { bin } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  const [file = ''] = Object.values(bin);
  expect(existsSync(join(packageRoot, file))).toBe(true);
  expect(readFileSync(join(packageRoot, file), 'utf8')).toMatch(
    /^#!\/usr\/bin\/env -S sh -c 'ulimit -c 0; export MALLOC_ARENA_MAX=1; exec node --max-semi-space-size=\d+ --heap-growing-percent=\d+ --liftoff-only --single-threaded-gc "\$0" "\$@"'\n/,
  );
});

test('the command passes its arguments unchanged, and keeps its process', async () => {
  await chmod(cli, 0o755);
  const refused = run(cli, ['status', '--until', "it's 6 $HOME"], { cwd: '/' });
  await expect(refused).rejects.toThrow('--until belongs to nightly, intraday, audit, fleet.');
  const { stdout } = await run('sh', ['-c', 'echo $$; exec "$0" --version', cli]);
  expect(stdout).toMatch(/^\d+\n\d+\.\d+\.\d+\n$/);
});

test.runIf(process.platform === 'linux')('a crash of the command leaves no core dump or report', async () => {
  // What the program does first, then what a crash would be asked for.
  const script = `
    import { leaveNoDumps } from ${JSON.stringify(join(packageRoot, 'jobs/frame/no-dumps.ts'))};
    import { readFileSync } from 'node:fs';
    leaveNoDumps();
    const { reportOnFatalError, reportOnSignal, reportOnUncaughtException } = process.report;
    const filter = readFileSync('/proc/self/coredump_filter', 'utf8').trim();
    console.log(JSON.stringify([filter, reportOnFatalError, reportOnSignal, reportOnUncaughtException]));`;
  const flags = ['--report-on-fatalerror', '--report-uncaught-exception', '--report-on-signal', '--import', 'tsx'];
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '-e', script], { cwd: packageRoot });
  expect(JSON.parse(stdout)).toEqual(['00000000', false, false, false]);
  const [line = ''] = readFileSync(cli, 'utf8').split('\n', 1);
  const launcher = /'(.*); exec/.exec(line)?.[1] ?? '';
  expect(
    (await run('bash', ['--norc', '-c', `ulimit -S -c unlimited; ${launcher}; ulimit -c; ulimit -H -c`])).stdout,
  ).toBe('0\n0\n');
});

test('an error in it names the source, not the bundle', () => {
  const lines = readFileSync(cli, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('async function runProcess'));
  const column = (lines[line]?.indexOf('async function runProcess') ?? 0) + 1;
  const place = sourcePlaceOf({ path: cli, line: line + 1, column });
  expect(place.path).toBe(join(packageRoot, 'jobs/frame/process.ts'));
  expect(readFileSync(place.path, 'utf8').split('\n')[place.line - 1]).toContain('async function runProcess');
});

/** A class that mentions itself is built as `var X = class _X`, and one whose name another module has as `X2`. */
test('errors keep their names in it', () => {
  const textsIn = (folder: string, end: string): string =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(end))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
  const sources = ['src', 'jobs'].map((folder) => textsIn(join(packageRoot, folder), '.ts')).join('\n');
  const names = Array.from(
    sources.matchAll(/^(?:export )?class (\w+) extends \w*(?:Error|Fault)\b/gm),
    ([, name]) => name,
  );
  expect(names).toContain('UsageFault');
  const parts = textsIn(join(packageRoot, 'dist'), '.js');
  expect(names.filter((name) => !new RegExp(`\\b(${name}=class|class ${name}) extends`).test(parts))).toEqual([]);
});

test('a place without a map stays unchanged', () => {
  const place = { path: join(packageRoot, 'jobs/cli.ts'), line: 5, column: 7 };
  expect(sourcePlaceOf(place)).toEqual(place);
});

test.for([
  // Newer versions of Node need fewer: there the job comes as far as the ledger.
  ['24 files', 69, /may open no more files|Could not connect/, 'ulimit -n 24; exec "$@" nightly'],
  ['32 files', 69, /may open no more files|Could not connect/, 'ulimit -n 32; exec "$@" nightly'],
  ['no WebAssembly', 64, 'Remove --jitless', 'NODE_OPTIONS=--jitless exec "$@" nightly'],
  ['a folder that is gone', 69, 'Could not connect', 'cd "$(mktemp -d)"; rmdir "$PWD"; exec "$@" nightly'],
  ['a zone that is none', 69, 'Could not connect', 'TZ=Foo/Bar exec "$@" nightly'],
  ['no code from texts', 69, 'Could not', 'NODE_OPTIONS=--disallow-code-generation-from-strings exec "$@" nightly'],
] as const)('a job with %s ends with %i and a sentence', async ([, code, sentence, script]) => {
  const nobody = 'postgres://nobody:none@127.0.0.1:1/none';
  const settings = {
    EHR_URL: nobody,
    EHR_CONTRACT: join(packageRoot, 'sql/ehr/demo'),
    EHR_TIME_ZONE: 'America/Chicago',
    LEDGER_URL: nobody,
    LEDGER_KEY: Buffer.alloc(32, 7).toString('base64'),
    REDOX_ENVIRONMENT: 'development',
    REDOX_API_KEY: 'key',
    REDOX_API_SECRET: 'secret',
    REDOX_DESTINATION_ID: 'destination',
    ORGANIZATION_OID: '2.16.840.1.113883.3.6147.458.2',
    PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.1',
    REPORT_DIR: join(tmpdir(), 'no-reports'),
  };
  const started = run('/bin/bash', ['--norc', '-c', script, 'job', process.execPath, cli], {
    env: { PATH: process.env['PATH'], ...settings },
  });
  await expect(started).rejects.toMatchObject({ code, stderr: expect.stringMatching(sentence) as string });
});
