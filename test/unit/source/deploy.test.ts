import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { shutdownPatienceMs } from '../../../jobs/frame/process.ts';
import { settingNames } from '../../../src/config/settings.ts';
import { packageRoot } from '../../../src/package-root.ts';

// Loads every job: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What people copy to start the jobs: it must name jobs, flags and settings that exist. */
const folder = join(packageRoot, 'jobs/deploy');
const files = readdirSync(folder);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const withoutComments = (text: string): string => text.replaceAll(/^\s*(#|\/\/).*$/gm, '');

/** `[nightly, --due, '02:15']`, the same in other languages, and `redox-reconcile nightly --due 02:15`. */
function commandsIn(text: string): string[][] {
  const lists = [...text.matchAll(/^\s*(?:(?:command|args):|args +=|const flags =) \[(.+)\];?$/gm)].map(
    ([, list = '']) => list.split(', ').map((word) => word.replaceAll(/^['"]|['"]$/g, '')),
  );
  const lines = [...text.matchAll(/redox-reconcile ([a-z].*)$/gm)].map(
    ([, line = '']) => line.split(/ (?:\d?>)/)[0] ?? '',
  );
  return [...lists, ...lines.map((line) => line.trim().split(' '))];
}

const settingsIn = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:- \{ name: |Environment=)?([A-Z]+(?:_[A-Z]+)+)(?:: |=|, value: )/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('POSTGRES_') && name !== 'CRON_TZ');

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

describe.each(files)('jobs/deploy/%s', (file) => {
  const text = withoutComments(read(file));
  const commands = commandsIn(text);

  test('starts existing jobs, with their own flags', async () => {
    if (!file.endsWith('.timer')) expect(commands.length).toBeGreaterThan(0);
    for (const [name = '', ...words] of commands) {
      const listed = jobs.find((job) => job.name === name);
      expect(listed, `${file} starts ${name}`).toBeDefined();
      const options = Object.values((await listed?.load())?.options ?? {}).map(({ syntax }) => syntax.split(' ')[0]);
      const flags = words.filter((word) => word.startsWith('--'));
      expect(flags.filter((flag) => !['--env-file', '--ok'].includes(flag) && !options.includes(flag))).toEqual([]);
    }
  });

  test('sets only known settings', () => {
    const known = new Set(settingNames.flatMap((name) => [name, `${name}_FILE`]));
    expect(settingsIn(text).filter((name) => !known.has(name))).toEqual([]);
  });

  test('begins with its instructions, and has no tab', () => {
    expect(read(file)).toMatch(/^(#|\/\/) /);
    expect(read(file)).not.toContain('\t');
  });
});

test('the service and the compose file set secrets by files alone', () => {
  const settings = files.flatMap((file) => settingsIn(withoutComments(read(file))));
  const secrets = settings.filter((name) => /KEY|SECRET/.test(name));
  expect(secrets).toContain('LEDGER_KEY_FILE');
  expect(secrets.filter((name) => !name.endsWith('_FILE'))).toEqual([]);
});

test('they wait longer than a job takes to end', () => {
  const waits = files.flatMap((file) =>
    [
      ...read(file).matchAll(
        /(?:stop_grace_period: |terminationGracePeriodSeconds: |TimeoutStopSec=|kill_timeout = ")(\d+)/g,
      ),
    ].map(([, seconds]) => Number(seconds) * 1000),
  );
  expect(waits).toHaveLength(5);
  for (const wait of waits) expect(wait).toBeGreaterThan(shutdownPatienceMs);
});

test('they leave no core dump, which contains keys and patients', () => {
  expect(read('redox-reconcile.service')).toMatch(/^LimitCORE=0$/m);
  const compose = read('compose.yaml');
  expect(compose.match(/^ {4}ulimits: \{ core: 0 \}$/gm)).toHaveLength(
    compose.match(/^ {4}image: redox-reconcile$/gm)?.length ?? 0,
  );
  const docker = readFileSync(join(packageRoot, 'Dockerfile'), 'utf8');
  expect(docker.match(/docker run .*--ulimit core=0/g)).toHaveLength(docker.match(/docker run /g)?.length ?? 0);
});

describe('the examples of a pair and of orchestrators', () => {
  const examples = [
    'crontab-pair',
    'redox-reconcile-pair.conf',
    'kubernetes.yaml',
    'nomad.hcl',
    'airflow.py',
    'temporal-activity.mjs',
  ];

  test.each(examples)('%s is short, and starts the night with --due, --once and --wait', (file) => {
    expect(read(file).trimEnd().split('\n').length).toBeLessThan(40);
    const nights = commandsIn(withoutComments(read(file))).filter(([job]) => job === 'nightly');
    expect(nights.length).toBeGreaterThan(0);
    for (const words of nights) expect(words).toEqual(expect.arrayContaining(['--due', '--once']));
    expect(nights.filter((words) => words.includes('--wait'))).toHaveLength(1);
  });

  test('name as due the time at which they start', () => {
    const due = (file: string): string[] => [
      ...new Set([...read(file).matchAll(/--due[ ',"]+(\d\d:\d\d)/g)].map(([, time = '']) => time)),
    ];
    expect(read('crontab-pair')).toMatch(/^15 2 \* \* \* /m);
    expect(due('crontab-pair')).toEqual(['02:15']);
    expect(read('redox-reconcile.timer')).toMatch(/^OnCalendar=\*-\*-\* 03:30:00 /m);
    expect(read('kubernetes.yaml')).toContain("  schedule: '30 3 * * *'\n");
    expect(read('nomad.hcl')).toContain('crons            = ["30 3 * * *"]\n');
    for (const file of ['redox-reconcile.service', 'redox-reconcile-pair.conf', 'kubernetes.yaml', 'nomad.hcl']) {
      expect(due(file)).toEqual(['03:30']);
    }
  });

  test('let Kubernetes replace a pod whose node died', () => {
    const text = withoutComments(read('kubernetes.yaml'));
    expect(text).toMatch(/backoffLimit: [1-9]/);
    expect(text).toMatch(/key: node.kubernetes.io\/unreachable, .*effect: NoExecute, tolerationSeconds: 30/);
    // It would leave a pod on a dead node, which stays Terminating, unreplaced.
    expect(text).not.toContain('podFailurePolicy');
    expect(withoutComments(read('kubernetes-watchdog.yaml'))).toContain('accessModes: [ReadWriteMany]');
  });

  test.each(files.filter((file) => file.endsWith('.yaml')))('%s is YAML', async (file) => {
    await expect(format(read(file), { parser: 'yaml' })).resolves.toContain(':');
  });

  test.skipIf(!has('python3'))('airflow.py is Python', () => {
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: read('airflow.py') });
  });

  test.skipIf(!has('systemd-analyze'))('systemd finds no fault in the pair', async () => {
    const units = await mkdtemp(join(tmpdir(), 'units-'));
    onTestFinished(() => rm(units, { recursive: true }));
    const service = join(units, 'redox-reconcile.service');
    await mkdir(`${service}.d`);
    await copyFile(join(folder, 'redox-reconcile.service'), service);
    await copyFile(join(folder, 'redox-reconcile-pair.conf'), join(`${service}.d`, 'pair.conf'));
    await copyFile(join(folder, 'redox-reconcile.timer'), join(units, 'redox-reconcile.timer'));
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', service], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes(units) || line.includes('redox-reconcile'))).toEqual([]);
  });

  test.skipIf(!has('systemd-analyze'))('systemd starts the timer on the day whose clocks skip an hour', () => {
    const [, time = ''] = /^OnCalendar=(.+)$/m.exec(read('redox-reconcile.timer')) ?? [];
    const days = ['--iterations=2', '--base-time=2027-03-13 20:00:00 UTC', time];
    const { stdout } = spawnSync('systemd-analyze', ['calendar', ...days], { encoding: 'utf8' });
    expect(stdout).toMatch(/Next elapse: Sun 2027-03-14 08:30:00 UTC[^]*Mon 2027-03-15 08:30:00 UTC/);
  });
});
